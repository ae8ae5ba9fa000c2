//! SSL_CTX: what connections are made from.

pub mod built;
pub mod cache;
pub mod chain;
pub mod ctrl;
pub mod dane;
pub mod extension;
mod hooks;
pub mod identities;
mod library;
pub mod parsed;
pub mod server_info;
pub mod start;

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering, fence};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use standin_engine::{Role, TicketKey, TicketKeys};

use built::Built;
use cache::Cache;
use dane::DaneContext;
use extension::Extension;
use identities::Identities;
pub use library::Library;
use parsed::Parsed;

use crate::error::{self, Reason, reason};
use crate::libcrypto::ex_data::{CRYPTO_EX_DATA, Class};
use crate::libcrypto::stack::{Certificates, Names};
use crate::libcrypto::{Owned, X509_STORE, X509_VERIFY_PARAM};
use crate::set::{Hooks, SSL_METHOD, Settings, Switches, settings};

/// SSL_CTX. C programs hold counted references to it.
pub struct SSL_CTX {
    references: AtomicUsize,
    /// What it was made with.
    pub library: Library,
    ex_data: UnsafeCell<CRYPTO_EX_DATA>,
    dane: UnsafeCell<DaneContext>,
    state: RwLock<State>,
    /// Counts changes of `state`.
    generation: AtomicU64,
    /// Configurations of the engine that were made from it.
    pub built: Built,
    /// Our identities as the engine presents them.
    pub identities: Identities,
    /// Certificates of peers that have been seen.
    pub parsed: Parsed,
    ticket_keys: Mutex<Option<TicketKeys>>,
    /// The program has set them or asked for them: others may have them as well.
    shares_ticket_keys: AtomicBool,
    /// Its sessions.
    pub sessions: Cache,
}

/// What the program sets on an SSL_CTX.
pub struct State {
    /// The method given last.
    pub method: &'static SSL_METHOD,
    /// What a new SSL copies.
    pub switches: Switches,
    /// What a new SSL shares until one of the two is changed.
    pub settings: Arc<Settings>,
    /// Callbacks that only an SSL_CTX has.
    pub hooks: Hooks,
    /// Extensions of the program's own.
    pub extensions: Vec<Extension>,
    /// Trusted certificates.
    pub store: Owned<X509_STORE>,
    /// What peers are verified for; a new SSL inherits it.
    pub param: Owned<X509_VERIFY_PARAM>,
    /// SSL_CTX_add_extra_chain_cert.
    pub extra: Option<Certificates>,
    /// SSL_CTX_set0_CA_list.
    pub ca_names: Option<Names>,
    /// SSL_CTX_set_client_CA_list.
    pub client_ca_names: Option<Names>,
}

// SAFETY: what is shared is behind the lock or counted; the program's pointers are only handed
// back to its callbacks. The ex_data set is the program's to guard, as with OpenSSL.
unsafe impl Send for SSL_CTX {}
// SAFETY: as above.
unsafe impl Sync for SSL_CTX {}

impl SSL_CTX {
    /// Reads what is set. Nothing of the program's may be called from `look`.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes what is set. Nothing of the program's may be called from `change`.
    pub fn write<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        self.generation.fetch_add(1, Ordering::Relaxed);
        change(&mut state)
    }

    /// The keys that seal its session tickets, made when they are first needed.
    pub fn ticket_keys(&self) -> TicketKeys {
        let mut keys = self.ticket_keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.get_or_insert_with(TicketKeys::random).clone()
    }

    /// Others may have the keys as well, so what is sealed under them must be as the original seals it.
    pub fn shares_ticket_keys(&self) -> bool {
        self.shares_ticket_keys.load(Ordering::Relaxed)
    }

    /// The keys, for the program.
    pub fn share_ticket_keys(&self) -> TicketKeys {
        self.shares_ticket_keys.store(true, Ordering::Relaxed);
        self.ticket_keys()
    }

    /// Seals and opens tickets with these keys from now on: name, HMAC key, AES key.
    pub fn set_ticket_keys(&self, bytes: &[u8; 80]) {
        let mut key = TicketKey { name: [0; 16], aes: [0; 32], hmac: [0; 32] };
        key.name.copy_from_slice(&bytes[..16]);
        key.hmac.copy_from_slice(&bytes[16..48]);
        key.aes.copy_from_slice(&bytes[48..]);
        *self.ticket_keys.lock().unwrap_or_else(PoisonError::into_inner) = Some(TicketKeys::single(key));
        self.shares_ticket_keys.store(true, Ordering::Relaxed);
    }

    /// Counts changes: what was made from the state is good as long as this stays the same.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    /// One more reference.
    ///
    /// # Safety
    /// `context` is live.
    pub unsafe fn retain(context: *mut SSL_CTX) {
        // SAFETY: the caller's promise.
        unsafe { &*context }.references.fetch_add(1, Ordering::Relaxed);
    }

    /// One reference less; the last one frees.
    ///
    /// # Safety
    /// The caller owns a reference and does not use it again.
    pub unsafe fn release(context: *mut SSL_CTX) {
        // SAFETY: the caller's promise; after the last reference nobody else has the pointer.
        unsafe {
            if (*context).references.fetch_sub(1, Ordering::Release) != 1 {
                return;
            }
            fence(Ordering::Acquire);
            cache::flush(context, 0); // the program hears of each that goes
            (*(*context).ex_data.get()).close(Class::Context, context.cast());
            drop(Box::from_raw(context));
        }
    }
}

impl State {
    /// The settings, to be changed: no SSL that was made before sees the change.
    pub fn settings_mut(&mut self) -> &mut Settings {
        settings::change(&mut self.settings)
    }
}

/// The context behind a program's pointer; NULL is answered with an error.
///
/// # Safety
/// `context` is NULL or live for `'a`.
#[track_caller]
pub unsafe fn borrow<'a>(context: *const SSL_CTX) -> Option<&'a SSL_CTX> {
    if context.is_null() {
        error::raise(Reason::PASSED_NULL_PARAMETER);
        return None;
    }
    // SAFETY: the caller's promise.
    unsafe { context.as_ref() }
}

/// Makes an SSL_CTX.
pub fn create(library: Library, method: &'static SSL_METHOD) -> Result<*mut SSL_CTX, Reason> {
    if method.is_datagram() {
        return Err(reason::UNSUPPORTED_PROTOCOL);
    }
    let state = State {
        method,
        switches: Switches::default(),
        settings: Arc::new(Settings::new().ok_or(Reason::MALLOC_FAILURE)?),
        hooks: Hooks::new(method),
        extensions: Vec::new(),
        store: Owned::<X509_STORE>::new().ok_or(Reason::MALLOC_FAILURE)?,
        param: Owned::<X509_VERIFY_PARAM>::new().ok_or(Reason::MALLOC_FAILURE)?,
        extra: None,
        ca_names: Names::new(),
        client_ca_names: Names::new(),
    };
    let context = Box::into_raw(Box::new(SSL_CTX {
        references: AtomicUsize::new(1),
        library,
        ex_data: UnsafeCell::new(CRYPTO_EX_DATA::empty()),
        dane: UnsafeCell::new(DaneContext::default()),
        state: RwLock::new(state),
        generation: AtomicU64::new(0),
        built: Built::default(),
        identities: Identities::default(),
        parsed: Parsed::default(),
        // Now, so that processes which a server forks later share them.
        ticket_keys: Mutex::new((method.role != Some(Role::Client)).then(TicketKeys::random)),
        shares_ticket_keys: AtomicBool::new(false),
        sessions: Cache::default(),
    }));
    // SAFETY: the context has its address now, and nobody else has it.
    if unsafe { !(*(*context).ex_data.get()).open(Class::Context, context.cast()) } {
        // SAFETY: ours alone.
        unsafe { SSL_CTX::release(context) };
        return Err(Reason::MALLOC_FAILURE);
    }
    Ok(context)
}

versioned! {
    /// One more reference.
    pub unsafe extern "C" fn SSL_CTX_up_ref(context: *mut SSL_CTX) -> c_int {
        // SAFETY: the program's pointer.
        unsafe {
            if borrow(context).is_none() {
                return 0;
            }
            SSL_CTX::retain(context);
        }
        1
    }

    /// One reference less.
    pub unsafe extern "C" fn SSL_CTX_free(context: *mut SSL_CTX) {
        if !context.is_null() {
            // SAFETY: the program's reference.
            unsafe { SSL_CTX::release(context) };
        }
    }

    /// Hangs a pointer of the program's on the context.
    pub unsafe extern "C" fn SSL_CTX_set_ex_data(context: *mut SSL_CTX, index: c_int, value: *mut c_void) -> c_int {
        // SAFETY: the program's pointer; it guards its own data against other threads.
        unsafe { borrow(context).map_or(0, |context| (*context.ex_data.get()).set(index, value)) }
    }

    /// The pointer that was hung there.
    pub unsafe extern "C" fn SSL_CTX_get_ex_data(context: *const SSL_CTX, index: c_int) -> *mut c_void {
        // SAFETY: as above.
        unsafe { borrow(context).map_or(ptr::null_mut(), |context| (*context.ex_data.get()).get(index)) }
    }

    /// The method given last.
    pub unsafe extern "C" fn SSL_CTX_get_ssl_method(context: *const SSL_CTX) -> *const SSL_METHOD {
        // SAFETY: the program's pointer.
        unsafe { borrow(context) }.map_or(ptr::null(), |context| context.read(|state| ptr::from_ref(state.method)))
    }

    /// Another method; the ciphers are set anew.
    pub unsafe extern "C" fn SSL_CTX_set_ssl_version(context: *mut SSL_CTX, method: *const SSL_METHOD) -> c_int {
        // SAFETY: the program's pointers.
        let (Some(context), Some(method)) = (unsafe { (borrow(context), method.as_ref()) }) else { return 0 };
        let Some(fresh) = Settings::new() else { return 0 };
        context.write(|state| {
            state.method = method;
            state.settings_mut().ciphers = fresh.ciphers;
        });
        1
    }
}
