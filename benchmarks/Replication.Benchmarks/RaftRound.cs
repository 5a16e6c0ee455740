using Replication.Raft;
using Replication.Raft.Inputs;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;

namespace Replication.Benchmarks;

/// <summary>Three cores in memory, disks that are done at once, and rounds from a proposal to its commit.</summary>
public sealed class RaftRound
{
    private const int KeptHeaders = 1 << 12;

    private readonly Node[] _nodes;
    private readonly Node _leader;
    private readonly Queue<RaftMessage> _network = new();
    private readonly Propose _proposal = new() { Entries = new EntryHeader[] { new(default, EntryKind.Command, 300) } };
    private Instant _now = new(1);

    public RaftRound()
    {
        RaftVoter[] voters = [new(new NodeId(1)), new(new NodeId(2)), new(new NodeId(3))];
        _nodes =
        [
            .. voters.Select(v => new Node(new RaftCore(
                new RaftConfig { NodeId = v.Id, Voters = voters, Seed = (ulong)v.Id.Value }, new RaftRecovery(),
                    _now))),
        ];
        foreach (Node node in _nodes)
        {
            Step(node, TimePassed.Instance);
        }

        _leader = Elect();
    }

    /// <summary>Proposes one entry and carries messages until the leader has committed it.</summary>
    /// <returns>The index at which it was committed.</returns>
    public long ProposeAndCommit()
    {
        _now = new Instant(_now.Nanoseconds + 1_000);
        Step(_leader, _proposal);
        Deliver();
        RaftStatus status = _leader.Core.Status;
        if (status.CommitIndex != status.LastLogId.Index)
        {
            throw new InvalidOperationException($"Committed up to {status.CommitIndex} of {status.LastLogId.Index}.");
        }

        return status.CommitIndex.Value;
    }

    private Node Elect()
    {
        for (int turn = 0; turn < 100; turn++)
        {
            Node next = _nodes.MinBy(n => n.Deadline.Nanoseconds)!;
            _now = next.Deadline > _now ? next.Deadline : _now;
            Step(next, TimePassed.Instance);
            Deliver();
            if (Array.Find(
                _nodes, n => n.Core.Status is { Role: RaftRole.Leader, CommitIndex.Value: > 0 }) is { } leader)
            {
                return leader;
            }
        }

        throw new InvalidOperationException("No leader after 100 timeouts.");
    }

    private void Deliver()
    {
        while (_network.TryDequeue(out RaftMessage? message))
        {
            Step(_nodes[message.To.Value - 1], new MessageReceived(message));
        }
    }

    private void Step(Node node, RaftInput input)
    {
        RaftOutput output = node.Core.Step(input, _now);
        node.Append(input, output);
        node.Deadline = output.NextDeadline;
        foreach (RaftMessage message in output.Messages)
        {
            _network.Enqueue(node.WithEntries(message));
        }

        foreach (RaftMessage message in output.MessagesAfterPersist)
        {
            _network.Enqueue(node.WithEntries(message));
        }

        if (output.HasSomethingToPersist)
        {
            Step(node, new Persisted(output.PersistSequence));
        }
    }

    /// <summary>A core with the headers of its latest entries, in a ring by index.</summary>
    private sealed class Node(RaftCore core)
    {
        private readonly EntryHeader[] _headers = new EntryHeader[KeptHeaders];

        public RaftCore Core { get; } = core;

        public Instant Deadline { get; set; }

        public void Append(RaftInput input, RaftOutput output)
        {
            long first = output.AppendFirst.Value;
            for (long index = first; first > 0 && index <= output.AppendLast.Value; index++)
            {
                _headers[index % KeptHeaders] = input switch
                {
                    Propose p => p.Entries.Span[(int)(index - first)] with { Term = Core.Status.CurrentTerm },
                    MessageReceived { Message: AppendEntries m } => m.Entries.Span[(int)(index - m.FirstIndex.Value)],
                    _ => new EntryHeader(Core.Status.CurrentTerm, EntryKind.NoOp, 0),
                };
            }
        }

        public RaftMessage WithEntries(RaftMessage message)
        {
            if (message is not AppendEntries append || append.LastIndex < append.FirstIndex)
            {
                return message;
            }

            int start = (int)(append.FirstIndex.Value % KeptHeaders);
            int count = (int)(append.LastIndex.Value - append.PrevLogId.Index.Value);
            ReadOnlyMemory<EntryHeader> entries = start + count <= KeptHeaders
                ? _headers.AsMemory(start, count)
                : Enumerable.Range(0, count).Select(i => _headers[(start + i) % KeptHeaders]).ToArray();
            return append with { Entries = entries };
        }
    }
}
