using System.Globalization;
using Replication.Raft.Inputs;
using Replication.Raft.Primitives;
using Replication.Raft.Tests.Clusters;

namespace Replication.Raft.Tests.Scenarios;

/// <summary>
/// A cluster under the commands of a script. Messages lie in a bag, batches on their way to a disk, until told.
/// </summary>
internal sealed class ScenarioWorld : IDisposable
{
    private readonly List<ClusterNode> _nodes = [];
    private readonly List<Envelope> _bag = [];
    private readonly Dictionary<string, Envelope[]> _shelf = [];
    private readonly HashSet<(int From, int To)> _cuts = [];
    private readonly HashSet<int> _stalled = [];
    private readonly Dictionary<NodeId, RaftStatus> _before = [];
    private readonly List<string> _trace = [];
    private bool _isQuiet;
    private ulong _seed = 1;
    private long _value;

    public void Dispose() => _nodes.Clear();

    public IReadOnlyList<string> Run(string command)
    {
        _trace.Clear();
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ScenarioArguments arguments = new(words[1..]);
        try
        {
            Dispatch(words[0], arguments);
        }
        catch (Exception failure) when (failure is not InvalidOperationException and not KeyNotFoundException)
        {
            _trace.Add($"{failure.GetType().Name}: {failure.Message}");
        }

        return _trace.Count == 0 ? ["(nothing)"] : [.. _trace];
    }

    private void Dispatch(string verb, ScenarioArguments arguments)
    {
        switch (verb)
        {
            case "nodes" or "disk" or "crash" or "restart" or "cut" or "isolate" or "heal" or "stall" or "unstall":
                Arrange(verb, arguments);
                break;
            case "tick" or "campaign" or "elect" or "wait" or "sleep" or "run" or "stabilize" or "settle":
                Move(verb, arguments);
                break;
            case "deliver" or "drop" or "duplicate" or "keep" or "replay" or "bag":
                Post(verb, arguments);
                break;
            case "persist" or "propose" or "read" or "transfer" or "disconnect" or "compact" or "sent":
                Give(verb, arguments);
                break;
            case "status":
                foreach (ClusterNode node in arguments.Has(0) ? [Node(arguments.Number(0))] : _nodes.ToArray())
                {
                    _trace.AddRange(node.IsUp ? Describe.Status(node.Id, node.Core!) : [$"{node.Id}: down"]);
                }

                break;
            case "log":
                ShowLog(Node(arguments.Number(0)));
                break;
            default:
                throw new InvalidOperationException($"There is no command '{verb}'.");
        }
    }

    private void Arrange(string verb, ScenarioArguments arguments)
    {
        switch (verb)
        {
            case "nodes":
                CreateNodes(arguments);
                break;
            case "disk":
                Node(arguments.Number(0)).Crash();
                LoadDisk(Node(arguments.Number(0)), arguments);
                Start(Node(arguments.Number(0)));
                break;
            case "crash":
                Node(arguments.Number(0)).Crash();
                _before.Remove(Node(arguments.Number(0)).Id);
                break;
            case "restart":
                Start(Node(arguments.Number(0)));
                break;
            case "cut":
                foreach (var link in arguments.Links())
                {
                    _cuts.Add(link);
                }

                break;
            case "isolate":
                int one = arguments.Number(0);
                _nodes.ForEach(node => _cuts.UnionWith([(one, node.Id.Value), (node.Id.Value, one)]));
                break;
            case "stall":
                _stalled.Add(arguments.Number(0));
                break;
            case "unstall":
                _stalled.Remove(arguments.Number(0));
                break;
            default:
                _cuts.Clear();
                break;
        }
    }

    private void Move(string verb, ScenarioArguments arguments)
    {
        switch (verb)
        {
            case "tick" or "campaign":
                ToDeadline(Node(arguments.Number(0)));
                break;
            case "elect":
                Quietly(() => Elect(Node(arguments.Number(0))));
                break;
            case "sleep":
                Node(arguments.Number(0)).Now += TimeSpan.FromMilliseconds(arguments.Number(1));
                break;
            case "wait":
                ClusterNode waiting = Node(arguments.Number(0));
                waiting.Now += TimeSpan.FromMilliseconds(arguments.Number(1));
                waiting.Tick();
                break;
            case "run":
                Quietly(() => PassTime(TimeSpan.FromMilliseconds(arguments.Number(0))));
                break;
            case "settle":
                Quietly(Stabilize);
                break;
            default:
                Stabilize();
                break;
        }
    }

    private void Post(string verb, ScenarioArguments arguments)
    {
        if (verb == "replay")
        {
            foreach (Envelope envelope in _shelf[arguments.Word(0)])
            {
                Deliver(envelope);
            }

            return;
        }

        Envelope[] chosen = Choose(arguments, skip: verb == "keep" ? 1 : 0);
        foreach (Envelope envelope in chosen)
        {
            if (verb is "deliver" or "drop")
            {
                _bag.Remove(envelope);
            }

            if (verb is "deliver")
            {
                Deliver(envelope);
            }
            else if (verb is "duplicate")
            {
                _bag.Add(envelope with { });
            }
            else if (verb is "bag")
            {
                _trace.Add("in flight: " + Describe.Message(envelope.Message));
            }
        }

        if (verb is "keep")
        {
            _shelf[arguments.Word(0)] = chosen;
        }

        if (chosen.Length == 0)
        {
            _trace.Add("(no such message)");
        }
    }

    private void Give(string verb, ScenarioArguments arguments)
    {
        ClusterNode node = Node(arguments.Number(0));
        switch (verb)
        {
            case "persist":
                int count = arguments.Has(1) ? arguments.Number(1) : node.Disk.PendingCount;
                for (int batch = 0; batch < count; batch++)
                {
                    node.Persist();
                }

                break;
            case "propose":
                int entries = arguments.Has(1) ? arguments.Number(1) : 1;
                int size = arguments.Named("size", 10);
                node.Propose([.. Enumerable.Range(0, entries).Select(_ =>
                    new Entry(new EntryHeader(Term.Zero, EntryKind.Command, size), ++_value))]);
                _trace.Insert(0, $"{node.Id}: {node.LastProposal}");
                break;
            case "read":
                node.Step(new ReadRequested(arguments.Number(1)));
                break;
            case "transfer":
                node.Step(new TransferLeadership(new NodeId(arguments.Has(1) ? arguments.Number(1) : 0)));
                break;
            case "disconnect":
                node.Step(new PeerDisconnected(new NodeId(arguments.Number(1))));
                break;
            case "sent":
                node.Step(new EntriesSent(new NodeId(arguments.Number(1)), new LogIndex(arguments.Number(2))));
                break;
            default:
                node.Compact(new LogIndex(arguments.Number(1)));
                break;
        }
    }

    private ClusterNode Node(int id) => _nodes[id - 1];

    private void CreateNodes(ScenarioArguments arguments)
    {
        int count = arguments.Number(0);
        int[] priorities = arguments.List("priorities") ?? [.. Enumerable.Repeat(1, count)];
        RaftVoter[] voters = [.. priorities.Select((priority, at) => new RaftVoter(new NodeId(at + 1), priority))];
        foreach (RaftVoter voter in voters)
        {
            ClusterNode node = new(new RaftConfig
            {
                NodeId = voter.Id,
                Voters = voters,
                Seed = 0,
                AppendEntriesMax = arguments.Named("entries", 1024),
                AppendBytesMax = arguments.Named("bytes", 1 << 20),
                InflightMessagesMax = arguments.Named("window-messages", 256),
                InflightEntriesMax = arguments.Named("window-entries", 16_384),
                InflightBytesMax = arguments.Named("window-bytes", 16 << 20),
                EntrySizesMax = arguments.Named("sizes", 65_536),
            });
            int cutTo = arguments.Named("cut-to", int.MaxValue);
            node.Cut = (first, last) => LogIndex.Min(last, first + (cutTo - 1L));
            node.Send = OnSend;
            node.Answer = read => Say(
                read.Confirmed
                    ? $"{node.Id}: read {read.ReadId} at {read.Index}"
                    : $"{node.Id}: read {read.ReadId} failed");
            node.Stepped = OnStepped;
            _nodes.Add(node);
            Start(node);
        }
    }

    private void Start(ClusterNode node) => node.Start(_seed++, node.Disk.Base.Index);

    private static void LoadDisk(ClusterNode node, ScenarioArguments arguments)
    {
        int[] terms = arguments.List("terms") ?? [];
        Entry[] entries = [.. terms.Select((term, at) =>
            new Entry(new EntryHeader(new Term(term), EntryKind.Command, 10), (term * 1000) + at + 1))];
        HardState state = new(
            new Term(arguments.Named("term", terms.LastOrDefault())), new NodeId(arguments.Named("vote", 0)));
        LogIndex truncate = node.Disk.LastIndex > LogIndex.Zero ? new LogIndex(1) : LogIndex.Zero;
        node.Disk.Submit(new Batch(0, state, truncate, entries));
        node.Disk.Flush();
    }

    private void OnSend(Envelope envelope)
    {
        bool isCut = _cuts.Contains((envelope.Message.From.Value, envelope.Message.To.Value));
        if (!isCut)
        {
            _bag.Add(envelope);
        }

        if (!_isQuiet)
        {
            _trace.Add("  " + Describe.Message(envelope.Message) + (isCut ? " (lost)" : string.Empty));
        }
    }

    private void OnStepped(ClusterNode node, RaftInput input, RaftOutput output)
    {
        foreach (string change in Describe.Change(node.Id, _before.GetValueOrDefault(node.Id), node.Status))
        {
            Say(change);
        }

        _before[node.Id] = node.Status;
        if (_isQuiet)
        {
            return;
        }

        if (output.HasSomethingToPersist)
        {
            _trace.Add($"{node.Id}: {Describe.Output(output)}");
        }

        if (node.Disk.PendingCount > 0)
        {
            _trace.AddRange(output.MessagesAfterPersist.Select(message =>
                $"{node.Id}: after #{output.PersistSequence}: {Describe.Message(message)}"));
        }
    }

    private void Say(string line) => _trace.Add(line);

    private void Quietly(Action action)
    {
        _isQuiet = true;
        action();
        _isQuiet = false;
    }

    private static void ToDeadline(ClusterNode node)
    {
        node.Now = node.NextDeadline > node.Now ? node.NextDeadline : node.Now;
        node.Tick();
    }

    // The others' clocks go on too, so that they no longer hear the leader they had.
    private void Elect(ClusterNode candidate)
    {
        foreach (ClusterNode other in _nodes.Where(node => node != candidate))
        {
            other.Now += other.Config.ElectionTimeoutMin;
        }

        ToDeadline(candidate);
        Stabilize();
    }

    private void Deliver(Envelope envelope)
    {
        ClusterNode to = Node(envelope.Message.To.Value);
        if (to.IsUp)
        {
            to.Receive(envelope);
        }
    }

    // Everything that can happen without time does: disks first, then messages in the order they were sent.
    private void Stabilize()
    {
        while (true)
        {
            if (_nodes.Find(node => node.Disk.PendingCount > 0 && !_stalled.Contains(node.Id.Value)) is { } node)
            {
                node.Persist();
            }
            else if (_bag.Count > 0)
            {
                Envelope envelope = _bag[0];
                _bag.RemoveAt(0);
                Deliver(envelope);
            }
            else
            {
                return;
            }
        }
    }

    private void PassTime(TimeSpan left)
    {
        Stabilize();
        while (left > TimeSpan.Zero)
        {
            TimeSpan step = _nodes.Where(node => node.IsUp).Min(node => node.NextDeadline - node.Now);
            step = step < TimeSpan.FromTicks(1) ? TimeSpan.FromTicks(1) : step < left ? step : left;
            foreach (ClusterNode node in _nodes)
            {
                node.Now += step;
            }

            foreach (ClusterNode node in _nodes.Where(node => node.IsUp && node.NextDeadline <= node.Now))
            {
                node.Tick();
            }

            Stabilize();
            left -= step;
        }
    }

    private Envelope[] Choose(ScenarioArguments arguments, int skip)
    {
        IEnumerable<Envelope> chosen = _bag;
        foreach (string word in arguments.Words.Skip(skip))
        {
            chosen = word switch
            {
                "first" => chosen.Take(1),
                "last" => chosen.TakeLast(1),
                "all" => chosen,
                _ when word.Contains('>', StringComparison.Ordinal) =>
                    chosen.Where(envelope => IsOnLink(envelope, word)),
                _ => chosen.Where(envelope => envelope.Message.GetType().Name == word),
            };
        }

        return [.. chosen];
    }

    private static bool IsOnLink(Envelope envelope, string link)
    {
        string[] ends = link.Split('>');
        string from = envelope.Message.From.Value.ToString(CultureInfo.InvariantCulture);
        string to = envelope.Message.To.Value.ToString(CultureInfo.InvariantCulture);
        return (ends[0] is "*" || ends[0] == from) && (ends[1] is "*" || ends[1] == to);
    }

    private void ShowLog(ClusterNode node)
    {
        List<LogId> ids = [];
        for (LogIndex index = node.FirstIndex; index <= node.LastIndex; index = index.Next())
        {
            ids.Add(new LogId(node.At(index).Header.Term, index));
        }

        _trace.Add($"{node.Id}: {string.Join(' ', ids)}");
    }
}
