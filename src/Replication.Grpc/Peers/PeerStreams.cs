using Microsoft.Extensions.Logging;
using Replication.Errors;
using Replication.Grpc.Security;
using Replication.Grpc.Serving;
using Replication.Grpc.Wire;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Grpc.Peers;

/// <summary>The accepting side of the streams between nodes: checks who dials, then hands over what arrives.</summary>
/// <param name="judge">Who this node is and what it thinks of others.</param>
/// <param name="usesTls">Whether a dialler must show the certificate of a node.</param>
/// <param name="handler">Takes the messages.</param>
/// <param name="streamOpened">Told of each accepted stream; the way to that peer is probably free now.</param>
/// <param name="logger">For refusals.</param>
internal sealed class PeerStreams(
    IPeerJudge judge, bool usesTls, ITransportHandler handler, Action<NodeId> streamOpened, ILogger logger)
{
    public void AddTo(ServiceTable services)
    {
        services.Add(PeerProtocol.Control, (requests, responses, context) =>
            RunAsync("control", requests, responses, context));
        services.Add(PeerProtocol.Bulk, (requests, responses, context) =>
            RunAsync("bulk", requests, responses, context));
    }

    private async Task RunAsync(
        string stream,
        MessageReader<ReadOnlyMemory<byte>> requests,
        MessageWriter<ReadOnlyMemory<byte>> responses,
        ServerCallContext context)
    {
        NodeId from = await AcceptAsync(requests, responses, context).ConfigureAwait(false);
        logger.PeerStreamOpened(from.Value, stream);
        streamOpened(from);
        try
        {
            MessageReader<PeerMessage> messages = requests.As(PeerMarshaller.Instance, PeerProtocol.MessageBytesMax);
            while (await messages.ReadAsync(context.CancellationToken).ConfigureAwait(false))
            {
                PeerMessage message = messages.Current;
                ThrowIfForged(message, from);
                handler.Received(from, message);
            }
        }
        catch (ReplicationException e)
        {
            logger.PeerMessageMalformed(from.Value, e.Message);
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message), null, e);
        }
        finally
        {
            // Its replies to us may be lost.
            handler.Disconnected(from);
        }
    }

    private async ValueTask<NodeId> AcceptAsync(
        MessageReader<ReadOnlyMemory<byte>> requests,
        MessageWriter<ReadOnlyMemory<byte>> responses,
        ServerCallContext context)
    {
        NodeId authenticated = usesTls ? Authenticate(context) : NodeId.None;
        if (!await requests.ReadAsync(context.CancellationToken).ConfigureAwait(false))
        {
            throw new RpcException(StatusCode.InvalidArgument, "A peer stream starts with a hello.");
        }

        PeerHello hello = PeerProtocol.Read(requests.Current);
        string? refusal = judge.Judge(hello, NodeId.None, authenticated, out _);
        if (refusal is not null)
        {
            throw Refused(context, StatusCode.FailedPrecondition, refusal);
        }

        await responses.WriteAsync(PeerProtocol.Write(judge.Hello), context.CancellationToken).ConfigureAwait(false);
        return hello.Identity.NodeId;
    }

    private NodeId Authenticate(ServerCallContext context)
    {
        if (context.ClientCertificate is not { } certificate)
        {
            throw Refused(context, StatusCode.Unauthenticated,
                "A peer stream needs the certificate of a node, and none was shown.");
        }

        // That an authority of ours issued it was checked at the TLS handshake.
        if (!NodeCertificateName.TryFind(certificate, out NodeCertificateName name))
        {
            throw Refused(
                context,
                StatusCode.PermissionDenied,
                $"A peer stream needs the certificate of a node; this is {NodeCertificateName.Describe(certificate)}.");
        }

        Guid cluster = judge.Hello.Identity.ClusterId;
        return name.ClusterId == cluster
            ? name.NodeId
            : throw Refused(
                context, StatusCode.PermissionDenied,
                    $"The certificate is for {name}; this node is of cluster {cluster:D}.");
    }

    private RpcException Refused(ServerCallContext context, StatusCode code, string reason)
    {
        logger.PeerRefused(context.Peer, reason);
        return new RpcException(code, reason);
    }

    private void ThrowIfForged(PeerMessage message, NodeId from)
    {
        NodeId self = judge.Hello.Identity.NodeId;
        if (message is RaftPeerMessage raft && (raft.Message.From != from || raft.Message.To != self))
        {
            throw new ReplicationException(
                $"Node {from} sent a message from node {raft.Message.From} to node {raft.Message.To}; "
                + $"this is node {self}.");
        }
    }
}
