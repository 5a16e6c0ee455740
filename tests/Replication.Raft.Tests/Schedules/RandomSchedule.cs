using Replication.Raft.Determinism;
using Replication.Raft.Inputs;
using Replication.Raft.Primitives;
using Replication.Raft.Tests.Clusters;

namespace Replication.Raft.Tests.Schedules;

/// <summary>One cluster under one random schedule: everything follows from the seed.</summary>
/// <remarks>
/// First chaos: messages in any order, lost, copied, late; disks that lag; crashes; cuts; clocks of any speed. Then
/// all is healed, and the cluster must elect a leader and make progress within a bound.
/// </remarks>
internal sealed partial class RandomSchedule
{
    private const int InFlightMax = 300;

    private readonly SplitMix64 _random;
    private readonly List<ClusterNode> _nodes = [];
    private readonly List<Envelope> _network = [];
    private readonly HashSet<(NodeId From, NodeId To)> _cuts = [];
    private readonly HashSet<long> _openReads = [];
    private readonly HashSet<long> _servedReads = [];
    private readonly Dictionary<long, NodeId> _readers = [];
    private readonly Dictionary<NodeId, LogIndex> _applied = [];
    private readonly SafetyOracle _oracle;
    private readonly int _crashWeight;
    private int _lossPercent;
    private readonly bool _isOrdered;
    private readonly (int Weight, Action Action)[] _mixture;
    private long _lastValue;
    private long _lastRead;

    public RandomSchedule(ulong seed)
    {
        _random = new SplitMix64(seed);
        int voters = Pick([1, 2, 3, 3, 3, 5, 5]);
        _crashWeight = Pick([0, 1, 1, 2]);
        _lossPercent = Pick([0, 2, 10, 30]);
        _isOrdered = Chance(50);
        _mixture = NewMixture();
        RaftVoter[] all =
        [
            .. Enumerable.Range(1, voters).Select(id => new RaftVoter(new NodeId(id), Pick([1, 1, 1, 2, 0]))),
        ];
        RaftConfig config = NewConfig(all);
        foreach (RaftVoter voter in all)
        {
            _nodes.Add(NewNode(config, voter.Id));
        }

        _oracle = new SafetyOracle(_nodes);
        foreach (ClusterNode node in _nodes)
        {
            node.Start(_random.Next(), LogIndex.Zero);
        }
    }

    public ScheduleCounts Counts => _oracle.Counts;

    public void Run(int actions)
    {
        for (int action = 0; action < actions; action++)
        {
            Act();
        }

        Heal();
        MakeProgress();
    }

    // How often each action is taken differs between schedules, so that no mixture of them is always the same.
    private (int Weight, Action Action)[] NewMixture()
    {
        (int Weight, Action Action)[] usual =
        [
            (46, Deliver),
            (16, Persist),
            (14, Tick),
            (10, Propose),
            (4, () => Read(PickUp())),
            (2, Compact),
            (1, Transfer),
            (1, Disconnect),
            (2, ChangeCuts),
            (2, Restart),
            (2, Surge),
            (_crashWeight, CrashSomebody),
        ];
        return [.. usual.Select(choice => (choice.Weight * Pick([1, 4, 4, 12]), choice.Action))];
    }

    private void Act()
    {
        long draw = _random.NextBelow(_mixture.Sum(choice => choice.Weight));
        foreach ((int weight, Action action) in _mixture)
        {
            draw -= weight;
            if (draw < 0)
            {
                action();
                return;
            }
        }
    }

    private T Pick<T>(ReadOnlySpan<T> choices) => choices[(int)_random.NextBelow(choices.Length)];

    private ClusterNode PickNode() => _nodes[(int)_random.NextBelow(_nodes.Count)];

    private ClusterNode? PickUp()
    {
        ClusterNode node = PickNode();
        return node.IsUp ? node : null;
    }

    private bool Chance(int percent) => _random.NextBelow(100) < percent;

    private RaftConfig NewConfig(RaftVoter[] voters) => new()
    {
        NodeId = voters[0].Id,
        Voters = voters,
        Seed = 0,
        AppendEntriesMax = Pick([1, 2, 4, 64]),
        AppendBytesMax = Pick([1, 100, 10_000]),
        InflightMessagesMax = Pick([1, 2, 8, 256]),
        InflightEntriesMax = Pick([1, 3, 100]),
        InflightBytesMax = Pick([1, 200, 100_000]),
        EntrySizesMax = Pick([1, 3, 1000]),
    };

    private ClusterNode NewNode(RaftConfig config, NodeId id)
    {
        ClusterNode node = new(new RaftConfig
        {
            NodeId = id,
            Voters = config.Voters,
            Seed = 0,
            AppendEntriesMax = config.AppendEntriesMax,
            AppendBytesMax = config.AppendBytesMax,
            InflightMessagesMax = config.InflightMessagesMax,
            InflightEntriesMax = config.InflightEntriesMax,
            InflightBytesMax = config.InflightBytesMax,
            EntrySizesMax = config.EntrySizesMax,
        });
        node.Send = envelope => Send(node, envelope);
        node.Answer = read =>
        {
            _openReads.Remove(read.ReadId);
            if (read.Confirmed)
            {
                _servedReads.Add(read.ReadId);
            }

            _oracle.OnReadAnswered(read);
        };
        node.Stepped = (stepped, input, output) =>
        {
            Counts.Steps++;
            _oracle.AfterStep(stepped, input, output);
        };
        node.Cut = Shorten;
        return node;
    }

    private LogIndex Shorten(LogIndex first, LogIndex last)
    {
        LogIndex cut = first + _random.NextBelow(last - first + 1);
        Counts.Shortened += cut < last ? 1 : 0;
        return cut;
    }

    private void Send(ClusterNode from, Envelope envelope)
    {
        _oracle.OnSend(from, envelope.Message);
        if (_cuts.Contains((envelope.Message.From, envelope.Message.To)) || Chance(_lossPercent))
        {
            Counts.Dropped++;
            return;
        }

        if (_network.Count >= InFlightMax)
        {
            _network.RemoveAt((int)_random.NextBelow(_network.Count));
            Counts.Dropped++;
        }

        _network.Add(envelope);
    }

    private void Deliver()
    {
        if (_network.Count == 0)
        {
            return;
        }

        int at = _isOrdered && !Chance(5) ? 0 : (int)_random.NextBelow(_network.Count);
        Envelope envelope = _network[at];
        if (Chance(3))
        {
            Counts.Duplicated++;
        }
        else
        {
            _network.RemoveAt(at);
        }

        ClusterNode to = _nodes[envelope.Message.To.Value - 1];
        if (to.IsUp)
        {
            to.Now += TimeSpan.FromMicroseconds(_random.NextBelow(2_000));
            to.Receive(envelope);
        }
    }

    private void Persist()
    {
        if (PickUp() is { Disk.PendingCount: > 0 } node)
        {
            node.Persist();
        }
    }

    // Each node has a clock of its own, and none knows of the others: any drift and any pause is possible.
    private void Tick()
    {
        if (PickUp() is not { } node)
        {
            return;
        }

        node.Now = Chance(70) && node.NextDeadline > node.Now
            ? node.NextDeadline
            : node.Now + TimeSpan.FromMilliseconds(_random.NextBelow(100));
        node.Tick();
    }

    private void Propose()
    {
        // Mostly to a leader, sometimes to a node that must refuse.
        ClusterNode? node = Chance(90) ? _nodes.Find(IsLeader) : PickUp();
        node?.Propose([.. Enumerable.Range(0, 1 + (int)_random.NextBelow(3)).Select(_ => NewEntry())]);
    }

    private Entry NewEntry() =>
        new(new EntryHeader(Term.Zero, EntryKind.Command, (int)_random.NextBelow(150)), ++_lastValue);

    private void Read(ClusterNode? node)
    {
        if (node is null)
        {
            return;
        }

        long id = ++_lastRead;
        _openReads.Add(id);
        _readers[id] = node.Id;
        _oracle.OnReadRequested(id);
        node.Step(new ReadRequested(id));
    }

    private void Compact()
    {
        if (PickUp() is not { } node || node.Disk.PendingCount > 0)
        {
            return;
        }

        RaftStatus status = node.Status;
        LogIndex bound = LogIndex.Min(status.CompactionFloor, LogIndex.Min(status.CommitIndex, status.DurableIndex));
        if (bound > status.CompactedIndex)
        {
            Counts.Compactions++;
            node.Compact(status.CompactedIndex + (1 + _random.NextBelow(bound - status.CompactedIndex)));
        }
    }

    private void Transfer()
    {
        if (_nodes.Find(IsLeader) is { } leader)
        {
            Counts.Transfers++;
            leader.Step(new TransferLeadership(Chance(30) ? NodeId.None : PickNode().Id));
        }
    }

    private void Disconnect()
    {
        if (PickUp() is { } node)
        {
            NodeId peer = PickNode().Id;
            _network.RemoveAll(envelope => envelope.Message.From == node.Id && envelope.Message.To == peer);
            node.Step(new PeerDisconnected(peer));
        }
    }

    private void ChangeCuts()
    {
        if (Chance(50))
        {
            _cuts.Clear();
            return;
        }

        NodeId one = PickNode().Id;
        foreach (ClusterNode other in _nodes)
        {
            if (Chance(50))
            {
                _cuts.Add((one, other.Id));
            }

            if (Chance(50))
            {
                _cuts.Add((other.Id, one));
            }
        }
    }

    // Some nodes run fast among themselves while the rest of the world stands still: an election, then entries that
    // reach few.
    private void Surge()
    {
        if (PickUp() is not { } candidate)
        {
            return;
        }

        HashSet<NodeId> fast = [candidate.Id, .. _nodes.Where(_ => Chance(60)).Select(node => node.Id)];
        foreach (ClusterNode other in _nodes.Where(node => node != candidate))
        {
            other.Now += other.Config.ElectionTimeoutMin;
        }

        candidate.Now = candidate.NextDeadline > candidate.Now ? candidate.NextDeadline : candidate.Now;
        candidate.Tick();
        for (long moves = _random.NextBelow(80); moves > 0 && MoveAmong(fast); moves--)
        {
            if (Chance(10) && IsLeader(candidate))
            {
                candidate.Propose(NewEntry());
            }
        }
    }

    private bool MoveAmong(HashSet<NodeId> fast)
    {
        if (_nodes.Find(node => node.IsUp && node.Disk.PendingCount > 0 && fast.Contains(node.Id)) is { } writer)
        {
            writer.Persist();
            return true;
        }

        int at = _network.FindIndex(envelope =>
            fast.Contains(envelope.Message.From) && fast.Contains(envelope.Message.To)
            && _nodes[envelope.Message.To.Value - 1].IsUp);
        if (at < 0)
        {
            return false;
        }

        Envelope envelope = _network[at];
        _network.RemoveAt(at);
        _nodes[envelope.Message.To.Value - 1].Receive(envelope);
        return true;
    }

    // A leader is worth more than a follower, and what it sent may die with it.
    private void CrashSomebody()
    {
        if ((Chance(50) ? _nodes.Find(IsLeader) : PickUp()) is not { } node)
        {
            return;
        }

        if (Chance(30))
        {
            _network.RemoveAll(envelope => envelope.Message.From == node.Id);
        }

        Crash(node);
    }

    private void Crash(ClusterNode node)
    {
        Counts.Crashes++;
        Counts.LostBatches += node.Disk.PendingCount;
        _applied[node.Id] = LogIndex.Min(node.Status.CommitIndex, node.Status.DurableIndex);
        node.Crash((int)_random.NextBelow(3), (int)_random.NextBelow(3));
        _oracle.AfterCrash(node);
        _openReads.RemoveWhere(read => _readers[read] == node.Id);
    }

    private void Restart()
    {
        if (_nodes.Find(node => !node.IsUp) is { } node)
        {
            Start(node);
        }
    }

    private void Start(ClusterNode node)
    {
        // A state machine that keeps its state may know of commits; one that doesn't learns them again.
        LogIndex known = Chance(50) ? _applied.GetValueOrDefault(node.Id) : LogIndex.Zero;
        node.Start(_random.Next(), LogIndex.Max(known, node.Disk.Base.Index));
    }

    private static bool IsLeader(ClusterNode node) => node.IsUp && node.Status.Role == RaftRole.Leader;
}
