using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Replication.Errors;
using Replication.Grpc.Security;
using Replication.Grpc.Wire;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Grpc.Peers;

/// <summary>The accepting side of the connections between nodes: tells them from callers of the API by their first
/// bytes, checks who dials, then hands over what arrives.</summary>
/// <remarks>What arrives is handled by the thread that read it off the socket: nothing stands between.</remarks>
/// <param name="settings">Who this node is, and to whom it hands over.</param>
internal sealed class PeerListener(PeerListenerSettings settings)
{
    // As long as the HTTP server waits for the headers of a request.
    private static readonly TimeSpan PrefaceTimeout = TimeSpan.FromSeconds(30);

    // Half of the shortest time after which a dialler asks.
    private static readonly TimeSpan SignInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Serves a connection if a peer dialled it; leaves it to the next otherwise, its bytes unread.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next, CancellationToken stopping)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(
            stopping, connection.ConnectionClosed);
        try
        {
            if (await IsPeerAsync(connection.Transport.Input, ending.Token).ConfigureAwait(false))
            {
                await ServeAsync(connection, ending.Token).ConfigureAwait(false);
                return;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException
            or ConnectionAbortedException)
        {
            // It said nothing, the peer went away, or this node stops.
            return;
        }

        await next(connection).ConfigureAwait(false);
    }

    private async ValueTask<bool> IsPeerAsync(PipeReader input, CancellationToken ending)
    {
        using CancellationTokenSource limit = new(PrefaceTimeout, settings.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ending);
        int examined = 0;
        while (true)
        {
            ReadResult result = await input.ReadAsync(either.Token).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            int length = (int)Math.Min(buffer.Length, PeerProtocol.Preface.Length);
            bool matches = buffer.Slice(0, length).ToArray().AsSpan().SequenceEqual(PeerProtocol.Preface[..length]);
            if (matches && length == PeerProtocol.Preface.Length)
            {
                input.AdvanceTo(buffer.GetPosition(length));
                return true;
            }

            if (!matches || result.IsCompleted)
            {
                input.AdvanceTo(buffer.Start, buffer.GetPosition(examined));
                return false;
            }

            examined = length;
            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private async Task ServeAsync(ConnectionContext connection, CancellationToken cancellationToken)
    {
        PipeReader input = connection.Transport.Input;
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            PeerKeepAlive.Set(socket, settings.KeepAliveInterval, settings.KeepAliveTimeout);
        }

        if (await AcceptAsync(connection, cancellationToken).ConfigureAwait(false) is not { } accepted)
        {
            return;
        }

        (NodeId from, PeerStream stream) = accepted;
        long signedAt = settings.Time.GetTimestamp();
        settings.Logger.PeerStreamOpened(from.Value, stream);
        settings.Opened(from);
        try
        {
            bool isOpen = true;
            while (isOpen)
            {
                ReadResult result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
                isOpen = !result.IsCompleted;
                ReadOnlySequence<byte> buffer = result.Buffer;
                bool isAsked = HandOver(ref buffer, from);
                input.AdvanceTo(buffer.Start, buffer.End);

                // On a slow way the question stands behind all that was sent before it: what arrives is answered too.
                if (isAsked || settings.Time.GetElapsedTime(signedAt) >= SignInterval)
                {
                    signedAt = settings.Time.GetTimestamp();
                    await SendAsync(connection, ReadOnlyMemory<byte>.Empty, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is ReplicationException or RpcException)
        {
            settings.Logger.PeerMessageMalformed(from.Value, e.Message);
        }
        finally
        {
            // Its replies to us may be lost.
            settings.Handler.Disconnected(from);
        }
    }

    /// <returns>Whether the peer asked for a sign of life.</returns>
    private bool HandOver(ref ReadOnlySequence<byte> buffer, NodeId from)
    {
        bool isAsked = false;
        while (MessageFrame.TryRead(ref buffer, PeerProtocol.MessageBytesMax, out ReadOnlySequence<byte> bytes))
        {
            if (bytes.IsEmpty)
            {
                isAsked = true;
                continue;
            }

            PeerMessage message = PeerMessageCodec.Read(bytes);
            ThrowIfForged(message, from);
            settings.Handler.Received(from, message);
        }

        return isAsked;
    }

    private async Task<(NodeId From, PeerStream Stream)?> AcceptAsync(
        ConnectionContext connection, CancellationToken cancellationToken)
    {
        try
        {
            (PeerHello hello, PeerStream stream) =
                PeerProtocol.Read(await ReadHelloAsync(connection.Transport.Input, cancellationToken)
                    .ConfigureAwait(false));
            NodeId authenticated = settings.UsesTls ? Authenticate(connection) : NodeId.None;
            string? refusal = settings.Judge.Judge(hello, NodeId.None, authenticated, out _);
            if (refusal is not null)
            {
                throw new PeerRefusedException(refusal);
            }

            await SendAsync(connection, PeerProtocol.Write(settings.Judge.Hello, stream), cancellationToken)
                .ConfigureAwait(false);
            return (hello.Identity.NodeId, stream);
        }
        catch (Exception e) when (e is PeerRefusedException or ReplicationException or RpcException)
        {
            settings.Logger.PeerRefused(connection.RemoteEndPoint?.ToString() ?? "?", e.Message);
            await SendAsync(connection, PeerProtocol.WriteRefusal(e.Message), cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    private async ValueTask<ReadOnlySequence<byte>> ReadHelloAsync(PipeReader input, CancellationToken stopping)
    {
        using CancellationTokenSource limit = new(settings.ConnectTimeout, settings.Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        while (true)
        {
            ReadResult result;
            try
            {
                result = await input.ReadAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                throw new PeerRefusedException(
                    $"No hello came within {settings.ConnectTimeout.TotalMilliseconds} ms.");
            }

            ReadOnlySequence<byte> buffer = result.Buffer;
            if (MessageFrame.TryRead(ref buffer, PeerProtocol.HelloBytesMax, out ReadOnlySequence<byte> hello))
            {
                hello = new ReadOnlySequence<byte>(hello.ToArray());
                input.AdvanceTo(buffer.Start);
                return hello;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                throw new MalformedMessageException("The connection ended before its hello.");
            }
        }
    }

    private static async ValueTask SendAsync(
        ConnectionContext connection, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        await connection.Transport.Output.WriteAsync(PeerProtocol.Frame(message.Span), cancellationToken)
            .ConfigureAwait(false);

    private NodeId Authenticate(ConnectionContext connection)
    {
        X509Certificate2? certificate = connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;
        if (certificate is null)
        {
            throw new PeerRefusedException("A peer stream needs the certificate of a node, and none was shown.");
        }

        // That an authority of ours issued it was checked at the TLS handshake.
        if (!NodeCertificateName.TryFind(certificate, out NodeCertificateName name))
        {
            throw new PeerRefusedException(
                $"A peer stream needs the certificate of a node; this is {NodeCertificateName.Describe(certificate)}.");
        }

        Guid cluster = settings.Judge.Hello.Identity.ClusterId;
        return name.ClusterId == cluster
            ? name.NodeId
            : throw new PeerRefusedException($"The certificate is for {name}; this node is of cluster {cluster:D}.");
    }

    private void ThrowIfForged(PeerMessage message, NodeId from)
    {
        NodeId self = settings.Judge.Hello.Identity.NodeId;
        if (message is RaftPeerMessage raft && (raft.Message.From != from || raft.Message.To != self))
        {
            throw new ReplicationException(
                $"Node {from} sent a message from node {raft.Message.From} to node {raft.Message.To}; "
                + $"this is node {self}.");
        }
    }
}
