# Ruby's openssl with certificates at both ends: "mutual.rb server CERTS" prints its port and tells each client who it
# is; "mutual.rb client CERTS PORT" calls as everyone and prints what it is told.
require 'openssl'
require 'socket'
$stdout.sync = true
Role, Certs, Port = ARGV
include OpenSSL

def pem(name) = File.read("#{Certs}/#{name}")

def connection(ssl)
  peer = ssl.peer_cert
  chain = (ssl.peer_cert_chain || []).map { |cert| cert.subject.to_s }.join(' ')
  "#{peer ? peer.subject : 'nobody'}; verified #{ssl.verify_result}; #{ssl.ssl_version} #{ssl.cipher.first}; " \
    "chain #{chain}; resumed #{ssl.session_reused?}; alpn #{ssl.alpn_protocol.inspect}"
end

def context
  context = SSL::SSLContext.new
  context.ca_file = "#{Certs}/root.pem"
  context
end

# How it is chosen: set beforehand, or when the server asks.
def client(who, version, how)
  own = context
  own.min_version = own.max_version = version
  own.verify_mode = SSL::VERIFY_PEER
  own.alpn_protocols = %w[nothing ruby]
  own.session_cache_mode = SSL::SSLContext::SESSION_CACHE_CLIENT
  sessions = []
  own.session_new_cb = ->((_, session)) { sessions << session }
  asked = 0
  unless who.empty?
    cert, *chain = X509::Certificate.load(pem("#{who}.pem"))
    key = PKey.read(pem("#{who}.key"), 'secret')
    case how
    when :set then own.add_certificate(cert, key, chain)
    when :called then own.client_cert_cb = ->(_) { asked += 1; [cert, key] }
    end
  end
  [1, 2].map do |turn|
    socket = TCPSocket.new('127.0.0.1', Port)
    ssl = SSL::SSLSocket.new(socket, own)
    ssl.hostname = 'localhost'
    ssl.session = sessions.last if turn == 2 && sessions.last
    told = seen = nil
    begin
      ssl.connect
      told = ssl.gets
      seen = connection(ssl) if told
      ssl.post_connection_check('localhost') if told
    rescue SystemCallError, SSL::SSLError, EOFError
      told = nil
    end
    socket.close
    "#{version} as '#{who}' #{how}, #{turn}: #{told&.chomp || 'refused'}\n  and sees #{seen || 'nothing'}; " \
      "new sessions #{sessions.size.positive?}, asked #{asked}"
  end
end

if Role == 'server'
  own = context
  own.add_certificate(X509::Certificate.new(pem('server.pem')), PKey.read(pem('server.key')))
  own.verify_mode = SSL::VERIFY_PEER | SSL::VERIFY_FAIL_IF_NO_PEER_CERT
  own.client_ca = X509::Certificate.new(pem('root.pem'))
  own.session_id_context = 'ruby'
  own.alpn_select_cb = ->(offered) { (%w[ruby] & offered).first }
  own.servername_cb = ->((_, name)) { name == 'localhost' ? nil : raise('who?') }
  # Whoever is known to nobody is welcome.
  strange = [X509::V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509::V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE]
  own.verify_callback = ->(ok, store) { ok || strange.include?(store.error) }
  listener = TCPServer.new('127.0.0.1', 0)
  puts listener.addr[1]
  loop do
    socket = listener.accept
    begin
      ssl = SSL::SSLSocket.new(socket, own)
      ssl.accept
      ssl.puts connection(ssl)
      ssl.close
    rescue SystemCallError, SSL::SSLError
      nil
    ensure
      socket.close
    end
  end
else
  %w[TLS1_2 TLS1_3].map { |name| SSL.const_get("#{name}_VERSION") }.each do |version|
    ['', 'client', 'rsa', 'chain', 'ed25519', 'stranger', 'expired', 'client-encrypted'].each do |who|
      %i[set called].each { |how| puts client(who, version, how) }
    end
  end
end
