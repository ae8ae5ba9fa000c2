#!/usr/bin/perl
# IO::Socket::SSL with certificates at both ends: "mutual.pl server CERTS" prints its port and tells each client who it
# is; "mutual.pl client CERTS PORT" calls as everyone and prints what it is told.
use strict;
use warnings;
use IO::Socket::SSL;
use Net::SSLeay;
$| = 1;
$SIG{PIPE} = 'IGNORE';
my ($role, $certs, $port) = @ARGV;

sub connection {
    my ($socket) = @_;
    my $ssl = $socket->_get_ssl_object;
    my $peer = Net::SSLeay::get_peer_certificate($ssl);
    my $subject = $peer ? Net::SSLeay::X509_NAME_oneline(Net::SSLeay::X509_get_subject_name($peer)) : 'nobody';
    my $chain = join ' ', map { Net::SSLeay::X509_NAME_oneline(Net::SSLeay::X509_get_subject_name($_)) } $socket->peer_certificates;
    Net::SSLeay::X509_free($peer) if $peer;
    return "$subject; verified " . Net::SSLeay::get_verify_result($ssl) . '; ' . $socket->get_sslversion . ' ' . $socket->get_cipher
        . "; chain $chain; resumed " . Net::SSLeay::session_reused($ssl);
}

my %trust = (SSL_ca_file => "$certs/root.pem");
my @versions = ('TLSv1_2', 'TLSv1_3');
my @clients = ('', qw(client rsa chain ed25519 stranger expired client-encrypted));

if ($role eq 'server') {
    my $listener = IO::Socket::INET->new(Listen => 16, LocalAddr => '127.0.0.1') or die;
    my $context = IO::Socket::SSL::SSL_Context->new(
        %trust,
        SSL_server => 1,
        SSL_cert_file => "$certs/server.pem",
        SSL_key_file => "$certs/server.key",
        SSL_verify_mode => SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
        SSL_verify_callback => sub { my ($ok, undef, $name, $error) = @_; return $ok || $name =~ /Expired/ ? 1 : 0 },
        SSL_session_id_context => 'perl',
        SSL_alpn_protocols => ['perl', 'other'],
    ) or die $IO::Socket::SSL::SSL_ERROR;
    print $listener->sockport, "\n";
    while (my $plain = $listener->accept) {
        my $socket = IO::Socket::SSL->start_SSL($plain, SSL_server => 1, SSL_reuse_ctx => $context) or next;
        print $socket 'alpn ', $socket->alpn_selected // 'none', '; ', connection($socket), "\n";
        $socket->close;
    }
} else {
    for my $version (@versions) {
        for my $who (@clients) {
            my %own = $who ? (SSL_cert_file => "$certs/$who.pem", SSL_key_file => "$certs/$who.key", SSL_passwd_cb => sub { 'secret' }) : ();
            my $cache = IO::Socket::SSL::Session_Cache->new(4);
            for my $turn (1, 2) {
                my $socket = IO::Socket::SSL->new(
                    %trust, %own,
                    PeerAddr => '127.0.0.1',
                    PeerPort => $port,
                    SSL_hostname => 'localhost',
                    SSL_verifycn_name => 'localhost',
                    SSL_verifycn_scheme => 'http',
                    SSL_version => $version,
                    SSL_alpn_protocols => ['nothing', 'perl'],
                    SSL_session_cache => $cache,
                );
                my $told = $socket ? <$socket> : undef;
                my $seen = $told ? connection($socket) : 'refused';
                print "$version as '$who', $turn: ", $told // "nothing\n", "  and sees $seen\n";
                $socket->close if $socket;
            }
        }
    }
    for my $wrong ({SSL_ca_file => "$certs/other.pem"}, {SSL_verifycn_name => 'elsewhere'}) {
        my $socket = IO::Socket::SSL->new(
            %trust,
            PeerAddr => '127.0.0.1',
            PeerPort => $port,
            SSL_verifycn_scheme => 'http',
            SSL_cert_file => "$certs/client.pem",
            SSL_key_file => "$certs/client.key",
            %$wrong,
        );
        print keys %$wrong, ': ', $socket ? 'accepted' : $IO::Socket::SSL::SSL_ERROR, "\n";
    }
}
