using System.Buffers;
using Replication.Primitives;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Testing.Conformance.Transport;

/// <summary>What every <see cref="ITransport"/> promises, on a network that works but may be slow to connect.</summary>
/// <remarks>Threads, sockets and time are real: the cases send again what does not arrive. They take well under a
/// second on loopback.</remarks>
public sealed class TransportSuite : ConformanceSuite
{
    private readonly Func<IReadOnlyList<NodeId>, Func<NodeId, ITransport>> _network;
    private readonly TimeSpan _patience;

    /// <summary>Initializes a new instance of the <see cref="TransportSuite"/> class.</summary>
    /// <param name="network">Makes a network for a cluster of these members, apart from all others; what it returns
    /// makes the transport of a member, not started. It is asked for a member again after that one's transport was
    /// disposed.</param>
    /// <param name="patience">How long anything may take before it counts as never; null for 30 s.</param>
    public TransportSuite(
        Func<IReadOnlyList<NodeId>, Func<NodeId, ITransport>> network, TimeSpan? patience = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        _network = network;
        _patience = patience ?? TimeSpan.FromSeconds(30);
        Add("Messages of each kind arrive unaltered, under the name of their sender",
            () => InClusterAsync(2, UnalteredAsync));
        Add("A message of a mebibyte arrives unaltered", () => InClusterAsync(2, LargeAsync));
        Add("Every node reaches every other one, and nobody else gets the message",
            () => InClusterAsync(3, EveryPairAsync));
        Add("A message to a node that can't be reached is dropped without an error",
            () => InClusterAsync(3, UnreachableAsync, started: 2));
        Add("A receiver that stands still does not hold its senders up", () => InClusterAsync(3, StandstillAsync));
        Add("The others hear that the way to a node that is gone broke", () => InClusterAsync(2, BreakAsync));
        Add("A node that comes back is reached again", () => InClusterAsync(2, ComeBackAsync));
        Add("A transport is disposed twice like once", DisposedTwiceAsync);
    }

    private static Term Term => new(3);

    private static ForwardedProposal Proposal(long number, int bytes = 100)
    {
        byte[] command = new byte[bytes];
        new Random((int)number).NextBytes(command);
        return new ForwardedProposal(new GroupId(7), number, Term, command);
    }

    private static RaftPeerMessage Heartbeat(int from, int to, long number) => new(
        new GroupId(7),
        new Heartbeat
        {
            From = new NodeId(from),
            To = new NodeId(to),
            Term = Term,
            CommitIndex = new LogIndex(2),
            Round = number,
        },
        []);

    private static RaftPeerMessage Entries(int from, int to, long index, int bytes)
    {
        byte[] payload = new byte[bytes];
        new Random((int)index).NextBytes(payload);
        LogEntry entry = new(
            new LogId(Term, new LogIndex(index)), EntryKind.Command, new HybridTimestamp(1), payload);
        return new RaftPeerMessage(
            new GroupId(7),
            new AppendEntries
            {
                From = new NodeId(from),
                To = new NodeId(to),
                Term = Term,
                PrevLogId = new LogId(Term, new LogIndex(index - 1)),
                LastIndex = new LogIndex(index),
                CommitIndex = new LogIndex(1),
                Entries = new[] { entry.Header },
            },
            [entry]);
    }

    private static byte[] BytesOf(PeerMessage message)
    {
        ArrayBufferWriter<byte> bytes = new();
        PeerMessageCodec.Write(message, bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private async Task InClusterAsync(
        int count, Func<TransportCluster, Task> body, int started = int.MaxValue)
    {
        TransportCluster cluster = await TransportCluster.StartAsync(_network, count, started, _patience)
            .ConfigureAwait(false);
        try
        {
            await body(cluster).ConfigureAwait(false);
        }
        finally
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task UnalteredAsync(TransportCluster cluster)
    {
        PeerMessage[] messages =
        [
            Heartbeat(1, 2, 5), Entries(1, 2, 9, 3000), Proposal(11), Proposal(12, 0),
            new ForwardedProposalReply(new GroupId(7), 13, new ProposalCompletion
            {
                Outcome = WriteOutcome.Committed,
                Leader = new NodeId(2),
                Id = new LogId(Term, new LogIndex(44)),
                Timestamp = new HybridTimestamp(99),
                Result = new byte[] { 1, 2 },
            }),
        ];
        foreach (PeerMessage message in messages)
        {
            (NodeId from, PeerMessage arrived) = await cluster.SendUntilReceivedAsync(1, 2, message)
                .ConfigureAwait(false);
            Expect.Equal(new NodeId(1), from);
            Expect.Bytes(BytesOf(message), BytesOf(arrived));
        }
    }

    private static async Task LargeAsync(TransportCluster cluster)
    {
        foreach (PeerMessage message in (PeerMessage[])[Entries(2, 1, 5, 1 << 20), Proposal(6, 1 << 20)])
        {
            (_, PeerMessage arrived) = await cluster.SendUntilReceivedAsync(2, 1, message).ConfigureAwait(false);
            Expect.Bytes(BytesOf(message), BytesOf(arrived));
        }
    }

    private static async Task EveryPairAsync(TransportCluster cluster)
    {
        for (int from = 1; from <= 3; from++)
        {
            for (int to = 1; to <= 3; to++)
            {
                if (from != to)
                {
                    (NodeId sender, _) = await cluster
                        .SendUntilReceivedAsync(from, to, Proposal((10 * from) + to)).ConfigureAwait(false);
                    Expect.Equal(new NodeId(from), sender);
                }
            }
        }

        foreach ((int node, NodeId from, PeerMessage message) in cluster.Arrivals)
        {
            Expect.Equal((10 * from.Value) + node, ((ForwardedProposal)message).RequestId);
        }
    }

    private static async Task UnreachableAsync(TransportCluster cluster)
    {
        for (int i = 0; i < 2000; i++)
        {
            cluster.Send(1, 3, Proposal(100 + i));
            cluster.Send(1, 9, Proposal(100 + i));
        }

        await cluster.SendUntilReceivedAsync(1, 2, Proposal(5)).ConfigureAwait(false);
    }

    private async Task StandstillAsync(TransportCluster cluster)
    {
        await cluster.SendUntilReceivedAsync(1, 2, Proposal(1)).ConfigureAwait(false);
        cluster.Block(2);
        // More than the buffers between two nodes hold.
        Task sending = Task.Run(() =>
        {
            for (int i = 0; i < 300; i++)
            {
                cluster.Send(1, 2, Proposal(1000 + i, 100_000));
                cluster.Send(1, 2, Heartbeat(1, 2, i));
            }
        });
        bool isInTime = true;
        try
        {
            await sending.WaitAsync(_patience).ConfigureAwait(false);
            await cluster.SendUntilReceivedAsync(1, 3, Proposal(2)).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            isInTime = false;
        }

        cluster.Unblock(2);
        await sending.ConfigureAwait(false);
        Expect.That(isInTime, "Send returns while a receiver stands still");
    }

    private static async Task BreakAsync(TransportCluster cluster)
    {
        await cluster.SendUntilReceivedAsync(1, 2, Proposal(1)).ConfigureAwait(false);
        await cluster.SendUntilReceivedAsync(2, 1, Proposal(2)).ConfigureAwait(false);
        cluster.ForgetBreaks(1);
        await cluster.StopAsync(2).ConfigureAwait(false);
        await cluster.BreakAsync(1, 2).ConfigureAwait(false);
        cluster.Send(1, 2, Proposal(3));
    }

    private static async Task ComeBackAsync(TransportCluster cluster)
    {
        for (int life = 0; life < 3; life++)
        {
            await cluster.SendUntilReceivedAsync(1, 2, Proposal(10 + life)).ConfigureAwait(false);
            await cluster.SendUntilReceivedAsync(2, 1, Proposal(20 + life)).ConfigureAwait(false);
            await cluster.StopAsync(2).ConfigureAwait(false);
            await cluster.StartAsync(2).ConfigureAwait(false);
        }

        await cluster.SendUntilReceivedAsync(1, 2, Proposal(30)).ConfigureAwait(false);
    }

    private async Task DisposedTwiceAsync()
    {
        Func<NodeId, ITransport> create = _network([new NodeId(1), new NodeId(2)]);
        ITransport transport = create(new NodeId(1));
        await transport.StartAsync(new SilentHandler(), CancellationToken.None).ConfigureAwait(false);
        await transport.DisposeAsync().ConfigureAwait(false);
        await transport.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class SilentHandler : ITransportHandler
    {
        public void Received(NodeId from, PeerMessage message)
        {
        }

        public void Disconnected(NodeId peer)
        {
        }
    }
}
