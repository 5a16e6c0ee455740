using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Replication.Grpc.Wire;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Grpc.Peers;

/// <summary>One of the two connections that this node dials to a peer: sends messages, hears signs of life.</summary>
/// <remarks>
/// No call stands between a message and the socket: who queues a message that finds the connection idle has written it
/// when the call returns. One sender, one listener.
/// </remarks>
internal sealed class PeerConnection : IDisposable
{
    private const int WriteBytesAim = 128 << 10;
    private readonly PeerLinkSettings _settings;
    private readonly PeerQueue _queue;
    private readonly Stream _stream;
    private long _heardAt;

    private PeerConnection(PeerLinkSettings settings, PeerQueue queue, Stream stream)
    {
        (_settings, _queue, _stream) = (settings, queue, stream);
    }

    /// <summary>Gets the agreed protocol version.</summary>
    public int Version { get; private set; }

    /// <summary>Dials and exchanges hellos.</summary>
    /// <exception cref="TimeoutException">It took longer than the connect timeout.</exception>
    /// <exception cref="PeerRefusedException">One side refused the other.</exception>
    /// <exception cref="IOException">Nobody answers there, or not as a peer does.</exception>
    public static async Task<PeerConnection> DialAsync(
        PeerLinkSettings settings, PeerStream kind, PeerQueue queue, IPeerJudge judge, CancellationToken stopping)
    {
        using CancellationTokenSource limit = new(settings.ConnectTimeout, settings.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            PeerConnection connection =
                new(settings, queue, await OpenAsync(settings, either.Token).ConfigureAwait(false));
            try
            {
                await connection.GreetAsync(kind, judge, either.Token).ConfigureAwait(false);
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"The connection did not open within {settings.ConnectTimeout.TotalMilliseconds} ms.");
        }
    }

    /// <summary>Sends what is queued, until the connection breaks or the token fires.</summary>
    public async Task SendAllAsync(Action lost, CancellationToken stopping)
    {
        using PooledWriter frames = new();
        while (await _queue.WaitAsync(stopping).ConfigureAwait(false))
        {
            if (_queue.TakeLoss())
            {
                lost();
            }

            // Everything that came while the last write ran leaves in one.
            while (frames.Count < WriteBytesAim && _queue.TryTake(out PeerMessage? message))
            {
                int start = frames.BeginFrame();
                if (message is not null)
                {
                    PeerMessageCodec.Write(message, frames);
                }

                frames.EndFrame(start);
            }

            await _stream.WriteAsync(frames.Written, stopping).ConfigureAwait(false);
            frames.Clear();
        }
    }

    /// <summary>Takes signs of life in, until the peer closes the connection or the token fires.</summary>
    public async Task ListenAsync(CancellationToken stopping)
    {
        byte[] ignored = new byte[64];
        while (await _stream.ReadAsync(ignored, stopping).ConfigureAwait(false) > 0)
        {
            // Empty frames; a later version may say more.
            Volatile.Write(ref _heardAt, _settings.Time.GetTimestamp());
        }

        throw new IOException("The peer closed the connection.");
    }

    /// <summary>Asks for a sign of life at each interval.</summary>
    /// <exception cref="TimeoutException">Nothing came in time.</exception>
    public async Task WatchAsync(CancellationToken stopping)
    {
        // From here on: the other connection may have taken long to open, and nobody asked meanwhile.
        Volatile.Write(ref _heardAt, _settings.Time.GetTimestamp());
        TimeSpan longest = _settings.KeepAliveInterval + _settings.KeepAliveTimeout;
        using PeriodicTimer timer = new(_settings.KeepAliveInterval, _settings.Time);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            TimeSpan silence = _settings.Time.GetElapsedTime(Volatile.Read(ref _heardAt));
            if (silence > longest)
            {
                throw new TimeoutException($"The peer gave no sign of life for {silence.TotalSeconds:0.0} s.");
            }

            _queue.AskForLife();
        }
    }

    public void Dispose() => _stream.Dispose();

    private static async Task<Stream> OpenAsync(PeerLinkSettings settings, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream stream;
        try
        {
            DnsEndPoint address = new(settings.Address.Host, settings.Address.Port);
            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return settings.Tls is null
            ? stream
            : await AuthenticateAsync(stream, settings.Tls(), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Stream> AuthenticateAsync(
        Stream plain, SslClientAuthenticationOptions options, CancellationToken cancellationToken)
    {
        SslStream secured = new(plain);
        try
        {
            await secured.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task GreetAsync(PeerStream kind, IPeerJudge judge, CancellationToken cancellationToken)
    {
        byte[] greeting = [.. PeerProtocol.Preface, .. PeerProtocol.Frame(PeerProtocol.Write(judge.Hello, kind))];
        await _stream.WriteAsync(greeting, cancellationToken).ConfigureAwait(false);
        (PeerHello hello, _) = PeerProtocol.Read(await ReadAnswerAsync(cancellationToken).ConfigureAwait(false));
        NodeId authenticated = _settings.Tls is null ? NodeId.None : _settings.Peer;
        string? refusal = judge.Judge(hello, _settings.Peer, authenticated, out int version);
        Version = refusal is null ? version : throw new PeerRefusedException(refusal);
    }

    private async Task<ReadOnlySequence<byte>> ReadAnswerAsync(CancellationToken cancellationToken)
    {
        byte[] header = new byte[MessageFrame.HeaderBytes];
        await _stream.ReadExactlyAsync(header, cancellationToken).ConfigureAwait(false);
        byte[] answer = new byte[MessageFrame.LengthOf(header, PeerProtocol.HelloBytesMax)];
        await _stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
        return new ReadOnlySequence<byte>(answer);
    }
}
