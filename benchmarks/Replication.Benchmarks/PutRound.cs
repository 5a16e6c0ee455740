using Replication.Groups;
using Replication.Groups.Shell;
using Replication.Kv;
using Replication.Kv.Machine;
using Replication.Primitives;
using Replication.Raft;
using Replication.Raft.Primitives;
using Replication.Serialization;

namespace Replication.Benchmarks;

/// <summary>Puts on three whole nodes in one thread: encoded, replicated, logged, committed, applied on all.</summary>
public sealed class PutRound
{
    private const int Keys = 1024;
    private readonly PutNode[] _nodes;
    private readonly PutNode _leader;
    private readonly Put _put;
    private readonly KeyValueOperation[] _operations;
    private readonly ExactBufferWriter _buffer = new();
    private Instant _now = new(1);
    private int _turn;

    /// <summary>Starts three nodes and waits for a leader.</summary>
    public PutRound()
    {
        RaftVoter[] voters = [new(new NodeId(1)), new(new NodeId(2)), new(new NodeId(3))];
        _nodes = [.. voters.Select(v => new PutNode(v.Id, voters, id => _nodes![id.Value - 1]))];
        _leader = Elect();
        _put = new Put { Group = _leader.Group };
        _operations =
        [
            .. Enumerable.Range(0, Keys).Select(i => new KeyValueOperation(
                KeyValueOperationKind.Put, BitConverter.GetBytes(i)) { Value = new byte[256] }),
        ];
    }

    /// <summary>Puts once and runs until every node has done its part.</summary>
    public void Run()
    {
        _now += TimeSpan.FromMilliseconds(1);
        ReadOnlySpan<KeyValueOperation> one = new(ref _operations[_turn++ % Keys]);
        _put.Payload = KeyValueCommandCodec.ToPayload(GroupSessions.EnvelopeOf(default), one, 1 << 20, _buffer);
        _put.IsCommitted = false;
        _leader.Post(_put);
        RunAll();
        if (!_put.IsCommitted)
        {
            throw new InvalidOperationException("The put was not committed.");
        }
    }

    private PutNode Elect()
    {
        for (int turn = 0; turn < 1000; turn++)
        {
            _now = Instant.Min(_now + TimeSpan.FromMilliseconds(100), _nodes.Min(n => n.Deadline) is var next
                && next > _now ? next : _now + TimeSpan.FromMilliseconds(1));
            RunAll();
            if (Array.Find(_nodes, n => n.Group.Status is
                { Raft.Role: RaftRole.Leader, Raft.CommitIndex.Value: > 0 }) is { } leader)
            {
                return leader;
            }
        }

        throw new InvalidOperationException("No leader.");
    }

    private void RunAll()
    {
        bool hasRun;
        do
        {
            hasRun = false;
            foreach (PutNode node in _nodes)
            {
                hasRun |= node.Run(_now);
            }
        }
        while (hasRun);
    }

    private sealed class Put : Proposal
    {
        public bool IsCommitted { get; set; }

        public override bool TryTake() => true;

        public override void Complete(in ProposalCompletion completion) =>
            IsCommitted = completion.Outcome == WriteOutcome.Committed;

        public override void Expire(LogId id)
        {
        }

        public override void Refuse(Exception error) => throw error;
    }
}
