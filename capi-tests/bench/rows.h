/* The rows that are measured in the same way whatever the library: what a pair of connections is comes from who includes
 * this. */
static double ping_pong(int size, enum what what)
{
    char data[64] = { 0 };
    struct side side = new_side(&USUAL);
    struct pair pair = start(&side, NULL);
    send_one_way(pair.server, pair.client, data, size);
    long count = 0;
    begin(what);
    do {
        for (int i = 0; i < 256; i++, count++) {
            send_one_way(pair.client, pair.server, data, size);
            send_one_way(pair.server, pair.client, data, size);
        }
    } while (goes_on(count));
    double result = each(count);
    finish(&pair);
    free_side(&side);
    return result;
}

static double ping_pong_1(void)
{
    return ping_pong(1, BOTH);
}

static double ping_pong_64(void)
{
    return ping_pong(64, BOTH);
}

/* Heap that a mutual connection keeps, both ends, once it has carried data and is idle. */
static double memory(void)
{
    enum { PAIRS = 200 };
    static struct pair pairs[PAIRS];
    char data[64] = { 0 };
    struct setup setup = USUAL;
    setup.auth = AT_HANDSHAKE;
    struct side side = new_side(&setup);
    double before = 0;
    for (int i = 0; i < PAIRS; i++) {
        if (i == PAIRS / 2) /* the first half fills caches that belong to what the connections share */
            before = heap();
        pairs[i] = start(&side, NULL);
        send_one_way(pairs[i].client, pairs[i].server, data, sizeof data);
        send_one_way(pairs[i].server, pairs[i].client, data, sizeof data);
    }
    double after = heap();
    for (int i = 0; i < PAIRS; i++)
        finish(&pairs[i]);
    free_side(&side);
    return (after - before) / 1024 / (PAIRS - PAIRS / 2);
}

static int one_process(void)
{
    struct setup setup = USUAL;
    setup.auth = AT_HANDSHAKE;
    struct side side = new_side(&setup);
    struct pair pair = start(&side, NULL);
    must_be_authenticated(pair.server);
    finish(&pair);
    free_side(&side);
    return 0;
}

static double handshake_allocations(void)
{
    return per_handshake(&USUAL, ALLOCATIONS);
}

static double mutual_allocations(void)
{
    return mutual_of(ALLOCATIONS);
}

static double mutual_tls12_allocations(void)
{
    return mutual_tls12_of(ALLOCATIONS);
}

static double resumption_allocations(void)
{
    return resumptions(ALLOCATIONS);
}

static double pha_allocations(void)
{
    return pha_rounds(ALLOCATIONS);
}

static double record_allocations(void)
{
    return ping_pong(64, ALLOCATIONS);
}
