//! BIO_f_ssl: a connection as a BIO. It uses libssl by its C functions, as a program would.

mod control;
mod data;
mod filter;
mod make;
mod ssl;
