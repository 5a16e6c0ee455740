using System.Globalization;
using Replication.Groups;
using Replication.Primitives;
using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.Storage.Files;
using Replication.Storage.Records;
using Replication.Transport;

namespace Replication.Tests.Groups;

/// <summary>A whole cluster in one thread under virtual time: executors, log writers, disks and network, each stepped
/// by events.</summary>
internal sealed class SteppedCluster
{
    public const long UtcOrigin = 1_700_000_000_000;
    public const long DiskReserveBytes = 16 << 20;
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(0.5);
    private readonly List<Flight> _flights = [];
    private readonly HashSet<(NodeId From, NodeId To)> _cuts = [];

    public SteppedCluster(
        ulong seed = 1, int nodes = 3, Func<int, GroupSettings>? settings = null, Func<NodeId, InMemoryFileSystem,
            IFileSystem>? disks = null)
    {
        Seed = seed;
        Settings = settings ?? (boot => new GroupSettings { BootId = boot });
        WrapDisk = disks ?? ((_, disk) => disk);
        Voters = [.. Enumerable.Range(1, nodes).Select(id => new RaftVoter(new NodeId(id)))];
        Nodes = [.. Enumerable.Range(1, nodes).Select(id => new SteppedNode(this, id))];
    }

    public ulong Seed { get; }

    public Func<int, GroupSettings> Settings { get; }

    public Func<NodeId, InMemoryFileSystem, IFileSystem> WrapDisk { get; }

    public IReadOnlyList<RaftVoter> Voters { get; }

    public IReadOnlyList<SteppedNode> Nodes { get; }

    public int AppendBytesMax { get; init; } = 64 * 1024;

    public RecordLogOptions LogOptions { get; } = new()
    {
        Directory = "wal",
        PageSizeBits = 16,
        MemorySizeBits = 18,
        SegmentSizeBits = 17,
        SectorBytes = 512,
    };

    public Instant Now { get; private set; }

    /// <summary>Gets what happened, line by line.</summary>
    public List<string> Lines { get; } = [];

    /// <summary>Gets or sets what decides whether a message is lost; it may also send copies.</summary>
    public Func<NodeId, NodeId, PeerMessage, bool> Loses { get; set; } = (_, _, _) => false;

    public SteppedNode Leader => Nodes.Where(node => node.IsLeader).MaxBy(node => node.Status.Raft.CurrentTerm.Value)!;

    public SteppedNode Follower => Nodes.First(node => node.IsAlive && !node.IsLeader);

    public void Trace(string line) => Lines.Add($"{Now}: {line}");

    public void Send(NodeId from, NodeId to, PeerMessage message)
    {
        Lines.Add(string.Create(CultureInfo.InvariantCulture, $"{Now}: {from} -> {to} {Describe(message)}"));
        if (!Loses(from, to, message) && !_cuts.Contains((from, to)))
        {
            Deliver(from, to, message, Latency);
        }
    }

    public void Deliver(NodeId from, NodeId to, PeerMessage message, TimeSpan after) =>
        _flights.Add(new Flight(Now + after, from, to, message));

    public void Isolate(SteppedNode node)
    {
        foreach (SteppedNode other in Nodes.Where(other => other != node))
        {
            _cuts.Add((node.Id, other.Id));
            _cuts.Add((other.Id, node.Id));
        }

        Trace($"{node.Id} isolated");
        Disconnected(node.Id);
    }

    public void Heal() => _cuts.Clear();

    public void Kill(SteppedNode node)
    {
        node.Kill();
        Disconnected(node.Id);
    }

    /// <summary>Tells the other nodes, and this one, that their connections broke.</summary>
    public void Disconnected(NodeId id)
    {
        _flights.RemoveAll(flight => flight.From == id || flight.To == id);
        foreach (SteppedNode node in Nodes.Where(node => node.IsAlive))
        {
            foreach (SteppedNode other in Nodes.Where(other => other != node && (node.Id == id || other.Id == id)))
            {
                node.Lose(other.Id);
            }
        }
    }

    public SteppedNode ElectLeader()
    {
        Assert.True(RunUntil(() =>
            Leader is not null && Leader.Status.AppliedId.Index >= new LogIndex(1)), "No leader was elected.");
        return Leader;
    }

    /// <summary>Runs until a condition holds.</summary>
    /// <returns>Whether it came to hold within the time.</returns>
    public bool RunUntil(Func<bool> condition, double seconds = 20)
    {
        Instant end = Now + TimeSpan.FromSeconds(seconds);
        while (!condition())
        {
            if (!RunNext(end))
            {
                return condition();
            }
        }

        return true;
    }

    public void RunFor(double seconds) => RunUntil(() => false, seconds);

    public TestProposal Commit(SteppedNode node, string text)
    {
        TestProposal proposal = node.Propose(text);
        Assert.True(RunUntil(() => proposal.Result is not null), $"'{text}' never ended.");
        Assert.Equal(WriteOutcome.Committed, proposal.Result!.Value.Outcome);
        return proposal;
    }

    private static string Describe(PeerMessage message) => message switch
    {
        RaftPeerMessage raft => $"{raft.Message} {raft.Entries.Count}",
        _ => message.GetType().Name,
    };

    private bool RunNext(Instant end)
    {
        Instant next = end;
        foreach (SteppedNode node in Nodes)
        {
            next = Instant.Min(next, node.NextEvent);
        }

        foreach (Flight flight in _flights)
        {
            next = Instant.Min(next, flight.At);
        }

        Now = next > Now ? next : Now;
        if (Now >= end)
        {
            return false;
        }

        Flight[] due = [.. _flights.Where(flight => flight.At <= Now)];
        _flights.RemoveAll(flight => flight.At <= Now);
        foreach (Flight flight in due)
        {
            SteppedNode receiver = Nodes[flight.To.Value - 1];
            if (receiver.IsAlive && !_cuts.Contains((flight.From, flight.To)))
            {
                receiver.Receive(flight.From, flight.Message);
            }
        }

        foreach (SteppedNode node in Nodes.Where(node => node.NextEvent <= Now))
        {
            node.Run(Now);
        }

        return true;
    }

    private sealed record Flight(Instant At, NodeId From, NodeId To, PeerMessage Message);
}
