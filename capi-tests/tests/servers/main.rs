//! Servers that are real programs, with everything that they do with client certificates, on the original and on Standin.

mod abuse;
mod caches;
mod curl;
mod languages;
mod lighttpd;
mod mail;
mod mosquitto;
mod nginx;
mod openldap;
