using System.Buffers;
using Replication.Errors;
using Replication.Raft.Primitives;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Probes;
using Replication.Testing.Simulation.Randomness;
using Replication.Transport;

namespace Replication.Testing.Simulation.Networks;

/// <summary>The network of a simulated cluster: a link for each ordered pair of nodes. Every message is really
/// encoded and
/// decoded.</summary>
internal sealed class SimulatedNetwork
{
    private const long RegionNanosecondsMin = 5_000_000;
    private const long RegionNanosecondsMax = 120_000_000;
    private const long ResetNanoseconds = 300_000;
    private readonly SimulatedCluster _cluster;
    private readonly NetworkLink[,] _links;
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    public SimulatedNetwork(SimulatedCluster cluster)
    {
        _cluster = cluster;
        SimulationConfig config = cluster.Config;
        Mode = config.Network;
        TailNanoseconds = config.LatencyTailMicroseconds * 1000;
        RandomStream random = new(config.Seed, RandomPurpose.Link);
        long[,] regions = RegionLatencies(config.Regions, random);
        _links = new NetworkLink[config.Nodes + 1, config.Nodes + 1];
        for (int from = 1; from <= config.Nodes; from++)
        {
            for (int to = 1; to <= config.Nodes; to++)
            {
                long latency = (config.LatencyMicroseconds * 1000) + regions[from % config.Regions,
                    to % config.Regions];
                _links[from, to] = new NetworkLink(this, new NodeId(from), new NodeId(to), config.Seed, latency);
            }
        }
    }

    public NetworkMode Mode { get; }

    public NetworkTrouble Trouble { get; } = new();

    public long TailNanoseconds { get; }

    public long Now => _cluster.Now;

    /// <summary>Gets how many messages were delivered.</summary>
    public long Delivered { get; private set; }

    public NetworkLink Link(int from, int to) => _links[from, to];

    public bool IsCut(NodeId from, NodeId to) => _links[from.Value, to.Value].IsCut;

    public bool IsAlive(NodeId node) => _cluster.Node(node).IsAlive;

    public void Count(Probe probe) => _cluster.Probes.Reached(probe);

    public void Schedule(NetworkLink link, long delay, int kind, long argument, object? payload = null) =>
        _cluster.Schedule(link, Now + delay, kind, argument, payload);

    /// <summary>Sends a message from a node: it leaves as bytes, and what arrives was read from them.</summary>
    public void Send(NodeId from, NodeId to, PeerMessage message)
    {
        ReadOnlyMemory<byte> bytes = Encode(message);
        _cluster.Note(StateHash.Of(bytes.Span));
        if (_cluster.Trace is not null)
        {
            _cluster.Write($"{from} -> {to} {Describe(message)}{_cluster.Suffix(_cluster.Group(message.Group))}");
        }

        PeerMessage read = PeerMessageCodec.Read(new ReadOnlySequence<byte>(bytes));
        _cluster.Recording?.Sent(Now, from.Value, to.Value, read);
        _links[from.Value, to.Value].Send(read, bytes.Length);
    }

    /// <summary>Hands a message over to its receiver.</summary>
    /// <returns>False if it doesn't run.</returns>
    public bool Deliver(NetworkLink link, PeerMessage message)
    {
        SimulatedNode receiver = _cluster.Node(link.To);
        if (!receiver.IsAlive)
        {
            return false;
        }

        Delivered++;
        _cluster.Group(message.Group).Scenarios.Arrived(receiver, message);
        _cluster.Recording?.Arrived(Now, message);
        receiver.Receive(link.From, message);
        return true;
    }

    /// <summary>Tries flipped bits of a message on the decoder, which may say that they are malformed, or take them
    /// for a
    /// message, and nothing else.</summary>
    public void Corrupted(PeerMessage message, RandomStream random)
    {
        Count(Probe.MessageCorrupted);
        _cluster.Recording?.Lost(message, "corrupted");
        byte[] bytes = Encode(message).ToArray();
        for (int flips = 1 + random.Below(4); flips > 0; flips--)
        {
            bytes[random.Below(bytes.Length)] ^= (byte)(1 << random.Below(8));
        }

        try
        {
            PeerMessageCodec.Read(new ReadOnlySequence<byte>(bytes));
        }
        catch (MalformedMessageException)
        {
            Count(Probe.MessageMalformed);
        }
    }

    public void Lost(NetworkLink link, PeerMessage message, Probe probe)
    {
        Count(probe);
        _cluster.Recording?.Lost(message, probe == Probe.MessageCut ? "cut off" : "lost");
        if (message is ForwardedProposal or ForwardedProposalReply)
        {
            Count(Probe.ForwardedWriteLost);
        }

        if (_cluster.Trace is not null)
        {
            _cluster.Write($"{link.From} -> {link.To} lost ({probe})");
        }
    }

    /// <summary>A connection breaks.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="why">Why.</param>
    /// <param name="streams">What is still on it.</param>
    public void Broken(NetworkLink link, string why, IReadOnlyList<Queue<PeerMessage>> streams)
    {
        if (_cluster.Recording is { } recording)
        {
            foreach (PeerMessage message in streams.SelectMany(stream => stream))
            {
                recording.Lost(message, "on a connection that broke");
            }
        }

        Count(Probe.ConnectionBroken);
        if (_cluster.Trace is not null)
        {
            _cluster.Write($"{link.From} -> {link.To} broken: {why}");
        }
    }

    /// <summary>Tells both ends of a link that it broke.</summary>
    public void TellBroken(NetworkLink link)
    {
        _cluster.Node(link.From).Lose(link.To, ResetNanoseconds);
        _cluster.Node(link.To).Lose(link.From, ResetNanoseconds);
    }

    /// <summary>Tells the end that dialled that messages can leave, the way the production transport does.</summary>
    public void TellConnected(NetworkLink link) => _cluster.Node(link.From).Lose(link.To, 0);

    /// <summary>Breaks all connections of a node whose process ended.</summary>
    /// <param name="node">The node.</param>
    public void Died(NodeId node)
    {
        for (int other = 1; other <= _cluster.Config.Nodes; other++)
        {
            if (other != node.Value)
            {
                _links[node.Value, other].Break("process ended");
                _links[other, node.Value].Break("process ended");
            }
        }
    }

    private static string Describe(PeerMessage message) => message switch
    {
        RaftPeerMessage raft => $"{raft.Message} {raft.Entries.Count}",
        ForwardedProposal proposal => $"ForwardedProposal {proposal.RequestId}",
        ForwardedProposalReply reply => $"ForwardedProposalReply {reply.RequestId} {reply.Result.Outcome}",
        _ => message.GetType().Name,
    };

    private static long[,] RegionLatencies(int regions, RandomStream random)
    {
        long[,] latencies = new long[regions, regions];
        for (int a = 0; a < regions; a++)
        {
            for (int b = a + 1; b < regions; b++)
            {
                latencies[a, b] = random.Between(RegionNanosecondsMin, RegionNanosecondsMax);
                latencies[b, a] = latencies[a, b];
            }
        }

        return latencies;
    }

    private ReadOnlyMemory<byte> Encode(PeerMessage message)
    {
        _buffer.ResetWrittenCount();
        PeerMessageCodec.Write(message, _buffer);
        return _buffer.WrittenMemory;
    }
}
