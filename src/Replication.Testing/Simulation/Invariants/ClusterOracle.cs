using Replication.Primitives;
using Replication.Raft;
using Replication.Raft.Messages;
using Replication.Raft.Primitives;
using Replication.Storage.Wal;
using Replication.Testing.Simulation.Nodes;
using Replication.Testing.Simulation.Probes;
using Replication.Transport;

namespace Replication.Testing.Simulation.Invariants;

/// <summary>Watches all replicas of a group at once and checks, after every step, what no single node can: the
/// properties of the paper's figure 3, and that nothing is told before it is durable.</summary>
/// <remarks>The work of a step grows with what changed in it alone.</remarks>
internal sealed partial class ClusterOracle
{
    // Recovering all disks takes long: once so many bytes were read, at one acknowledgement in so many.
    private const long DeepBytesMax = 128L << 20;
    private const int DeepInterval = 16;
    private readonly SimulatedCluster _cluster;
    private readonly SimulatedGroup _group;
    private readonly NodeView[] _nodes;
    private readonly EntryCatalog _entries = new();
    private readonly CommittedEntries _committed = new();
    private readonly Dictionary<long, int> _leaders = [];
    private readonly Dictionary<(int Node, long Term), int> _votes = [];
    private readonly Dictionary<(int Node, long Term), LogId> _asked = [];
    private readonly ApplyOracle _applied;
    private readonly LeaderOracle _leader;
    private long _acknowledged;
    private long _deepBytes;

    public ClusterOracle(SimulatedCluster cluster, SimulatedGroup group)
    {
        _cluster = cluster;
        _group = group;
        _applied = new ApplyOracle(this, cluster);
        _leader = new LeaderOracle(this, cluster);
        Proposals = new ProposalOracle(this);
        Reads = new ReadOracle(this, cluster.Config);
        _nodes = new NodeView[cluster.Config.Nodes + 1];
        for (int node = 1; node < _nodes.Length; node++)
        {
            _nodes[node] = new NodeView();
        }
    }

    /// <summary>Gets the last index that is known to be committed.</summary>
    public long Committed => _committed.Count;

    /// <summary>Gets how many terms had a leader.</summary>
    public int Elections => _leaders.Count;

    /// <summary>Gets how many entries all nodes together have appended.</summary>
    public long Appends { get; private set; }

    /// <summary>Gets what watches over proposals.</summary>
    public ProposalOracle Proposals { get; }

    /// <summary>Gets what watches over linearizable reads.</summary>
    public ReadOracle Reads { get; }

    /// <summary>Gets what a node's log holds.</summary>
    public ShadowLog LogOf(int node) => _nodes[node].Log;

    /// <summary>Notes that the group has broken a rule.</summary>
    public void Violate(string rule, string detail) => _cluster.Violate(rule, detail + _cluster.Suffix(_group));

    /// <summary>Gets the term of an entry in a node's log, durable or not; 0 if there is none.</summary>
    public long TermAt(int node, long index) => _nodes[node].Log[index].Term;

    /// <summary>Gets how many nodes have an entry of a node's log on their disks.</summary>
    public int DurableCopies(int node, long index) => DurableCopies(index, _nodes[node].Log[index]);

    /// <summary>A node handed changes to its log's writer, some of them of this group.</summary>
    public void Submitted(int node, IReadOnlyList<WalOperation> operations)
    {
        NodeView view = _nodes[node];
        for (int i = 0; i < operations.Count; i++)
        {
            WalOperation operation = operations[i];
            if (operation.Group != _group.Id)
            {
                continue;
            }

            switch (operation.Kind)
            {
                case WalOperationKind.Entry:
                    Appended(node, view, operation.Entry);
                    break;
                case WalOperationKind.Truncate:
                    Truncated(node, view, operation.Index.Value);
                    break;
                case WalOperationKind.HardState:
                    HardStateSet(node, view, operation.HardState);
                    break;
                default:
                    _cluster.Probes.Reached(Probe.LogCompacted);
                    break;
            }
        }
    }

    /// <summary>A node that leads is asked to hand over, in its next turn.</summary>
    public void TransferAsked(int node) => _leader.TransferAsked(node);

    /// <summary>Everything that a node handed over so far is being flushed.</summary>
    public void Flushing(int node) => _nodes[node].Log.Flushing();

    /// <summary>What a node flushed is durable.</summary>
    public void Flushed(int node) => _nodes[node].Log.Flushed();

    /// <summary>A process started from its disk.</summary>
    public void Recovered(SimulatedNode node, GroupReplica replica)
    {
        NodeView view = _nodes[node.Number];
        ShadowLog log = view.Log;
        bool hadMoreVotes = log.HardState != log.DurableHardState;
        if (log.Recover(replica.Recovered) is { } wrong)
        {
            Violate("recovery", $"node {node.Number}: {wrong}");
        }

        RaftStatus status = replica.Group.Raft;
        if (new HardState(status.CurrentTerm, status.VotedFor) != replica.Recovered.HardState)
        {
            Violate("recovery", $"node {node.Number} starts in term {status.CurrentTerm} with its vote for "
                + $"{status.VotedFor}, but {replica.Recovered.HardState} was recovered");
        }

        CheckRecovered(node, replica);
        view.Started(replica.CheckpointId.Index.Value, status);
        if (hadMoreVotes)
        {
            _cluster.Probes.Reached(Probe.VoteLostWithPower);
        }

        if (replica.CheckpointId.Index > LogIndex.Zero)
        {
            _cluster.Probes.Reached(Probe.CheckpointRestored);
            if (log.Last > replica.CheckpointId.Index.Value)
            {
                _cluster.Probes.Reached(Probe.ReplayAfterCheckpoint);
            }
        }

        if (replica.Recovered.Base.Index > LogIndex.Zero)
        {
            _cluster.Probes.Reached(Probe.RestoredWithoutPrefix);
        }

        if (view.HasTruncated)
        {
            view.HasTruncated = false;
            _cluster.Probes.Reached(Probe.RestartAfterTruncation);
        }

        _applied.Restarted(node.Number, replica.CheckpointId);
    }

    /// <summary>A process started from a disk that has forgotten what it had confirmed: what it finds must still be
    /// something that was there once.</summary>
    /// <param name="node">The node, which takes no part any more.</param>
    /// <param name="replica">What it found.</param>
    public void RecoveredLess(SimulatedNode node, GroupReplica replica)
    {
        if (!_nodes[node.Number].Log.HadOnce(replica.Recovered))
        {
            Violate("recovery", $"node {node.Number}: entries {replica.Recovered.Base.Index.Next()} on were recovered, "
                + $"{replica.Recovered.Entries.Count} of them, which its log never held");
        }
    }

    /// <summary>A node is about to send a message: what it speaks of must be durable here.</summary>
    public void Sending(int node, PeerMessage message)
    {
        if (message is not RaftPeerMessage { Message: var raft })
        {
            if (message is ForwardedProposal)
            {
                _cluster.Probes.Reached(Probe.WriteForwarded);
            }

            return;
        }

        if (raft is HeartbeatReply or AppendEntriesReply { Success: true }
            && _nodes[raft.To.Value].LeaderTerm == raft.Term)
        {
            Reads.Followed(raft.To.Value, raft.Term, node, _cluster.Now);
        }

        HardState durable = _nodes[node].Log.DurableHardState;
        bool isPreVote = raft is RequestVote { IsPreVote: true } or RequestVoteReply { IsPreVote: true };
        if (!isPreVote && durable.CurrentTerm < raft.Term)
        {
            Violate("persist-before-send", $"node {node} sends {raft}, but only {durable} is durable");
        }

        switch (raft)
        {
            case RequestVote { IsPreVote: false } request:
                _asked[(node, raft.Term.Value)] = request.LastLogId;
                Voted(node, raft.Term, raft.From);
                break;
            case RequestVoteReply { IsPreVote: false, Granted: true }:
                Voted(node, raft.Term, raft.To);
                break;
            case Heartbeat heartbeat:
                _nodes[node].RoundSent(heartbeat);
                break;
            case HeartbeatReply reply when reply.Round > _nodes[reply.To.Value].LastRound(reply.Term):
                Violate("round-not-asked", $"node {node} sends {raft}, but node {reply.To} has not sent that round in "
                    + "that term");
                break;
            case AppendEntries { Entries.Length: > 1 }:
                _cluster.Probes.Reached(Probe.BatchOfManyEntries);
                break;
            case AppendEntriesReply { Success: true } reply 
                when reply.MatchIndex.Value > _nodes[node].Log.DurablePeak(reply.Term):
                Violate("persist-before-send",
                    $"node {node} sends {raft}, but only {_nodes[node].Log.DurableLast} entries are durable");
                break;
            default:
                break;
        }
    }

    /// <summary>A turn of a node ended.</summary>
    public void TurnEnded(SimulatedNode node, GroupReplica replica)
    {
        RaftStatus status = replica.Group.Raft;
        LogId applied = replica.Group.AppliedId;
        NodeView view = _nodes[node.Number];
        if (status.CurrentTerm < view.Term || status.CommitIndex.Value < view.Commit
            || applied.Index.Value < view.Applied)
        {
            Violate("monotonic", $"node {node.Number} went back from term {view.Term}, commit {view.Commit}, applied "
                + $"{view.Applied} to term {status.CurrentTerm}, commit {status.CommitIndex}, applied {applied.Index}");
        }

        view.Term = status.CurrentTerm;
        view.Applied = applied.Index.Value;
        if (status.Role == RaftRole.Leader && view.LeaderTerm != status.CurrentTerm)
        {
            view.LeaderTerm = status.CurrentTerm;
            Elected(node.Number, view, status.CurrentTerm.Value);
        }

        if (view.IsLeader && status.Role != RaftRole.Leader)
        {
            _cluster.Probes.Reached(Probe.LeaderDeposed);
        }

        view.IsLeader = status.Role == RaftRole.Leader;
        if (view.IsLeader)
        {
            _leader.TurnEnded(node, status, replica.Group.Peers);
        }

        if (replica.Group.CheckpointId.Index.Value > view.Checkpoint)
        {
            view.Checkpoint = replica.Group.CheckpointId.Index.Value;
            _cluster.Probes.Reached(Probe.CheckpointWritten);
        }

        if (status.CommitIndex.Value > view.Commit)
        {
            CommitRose(node.Number, view, status);
        }

        long durable = view.Log.DurableLast;
        if (status.DurableIndex.Value > durable || applied.Index.Value > Math.Min(durable, status.CommitIndex.Value))
        {
            Violate("applied-durable", $"node {node.Number}: durable {status.DurableIndex}, commit "
                + $"{status.CommitIndex}, applied {applied.Index}, but {durable} entries are durable");
        }

        _cluster.Note(((ulong)status.CurrentTerm.Value << 40) ^ ((ulong)status.Role << 32)
            ^ (ulong)status.LastLogId.Index.Value);
        _cluster.Note(((ulong)status.CommitIndex.Value << 32) ^ (ulong)applied.Index.Value);
    }

    /// <summary>A turn of a node ended in a fault of the node. What it applied before that may have been answered, so
    /// it must be committed.</summary>
    public void TurnFailed(int node, GroupReplica replica)
    {
        NodeView view = _nodes[node];

        // Nothing is applied before the turn's writes are handed over: the log is known up to the commit index.
        if (replica.Group.AppliedId.Index.Value > view.Commit)
        {
            CommitRose(node, view, replica.Group.Raft);
        }
    }

    /// <summary>A node executed a committed command.</summary>
    public void Applied(int node, LogId id, HybridTimestamp timestamp, ReadOnlySpan<byte> command,
        ReadOnlySpan<byte> result)
    {
        _applied.Applied(node, id, timestamp, command, result);
        if (_nodes[node].Log[id.Index.Value].Term != id.Term.Value)
        {
            Violate("state-machine-safety", $"node {node} executes {id}, which its log does not hold");
        }
    }

    /// <summary>A client is told that its write is committed.</summary>
    public void Acknowledged(LogId id)
    {
        if (id.Index.Value > _committed.Count || _committed[id.Index.Value].Term != id.Term.Value)
        {
            Violate("acknowledged-committed", $"entry {id} is acknowledged, but it is not committed");
        }
        else if (_cluster.Config.IsDeep && (_deepBytes < DeepBytesMax || ++_acknowledged % DeepInterval == 0))
        {
            CheckImages(id);
        }
    }

    // What is recovered from the images that a power loss at this moment leaves in the worst case.
    private void CheckImages(LogId id)
    {
        int copies = 0;
        foreach (SimulatedNode node in _cluster.Nodes)
        {
            _deepBytes += node.Process?.Log.RetainedBytes ?? 0;
            copies += IsCopyOf(node, id) ? 1 : 0;
        }

        _cluster.Probes.Reached(Probe.DeepAckChecked);
        if (copies < _cluster.Config.Majority)
        {
            Violate("acknowledged-durable",
                $"entry {id} is acknowledged, but {copies} disks hold it after a power loss");
        }
    }

    // What a disk that lies, rots or is lost confirmed before counts as there: no algorithm stands on less.
    private bool IsCopyOf(SimulatedNode node, LogId id) => node.IsLost || node.Disk.IsLying || node.Disk.HasLost
        ? _nodes[node.Number].Log.Durable(id.Index.Value).Term == id.Term.Value
        : NodeProcess.Holds(node.Disk.DurableImage(), _cluster.Config, _group.Id, id);

    // A process that goes on after a failed call of its disk must not take what the page cache holds for durable.
    private void CheckRecovered(SimulatedNode node, GroupReplica replica)
    {
        if (node.Disk.FailedCalls > 0 && !node.Disk.IsLying && replica.Recovered.Entries.Count > 0
            && !NodeProcess.Holds(
                node.Disk.DurableImage(), _cluster.Config, _group.Id, replica.Recovered.Entries[^1].Id))
        {
            Violate("recovered-durable", $"node {node.Number} recovered entry {replica.Recovered.Entries[^1].Id}, "
                + "which a power loss at this moment would take from it");
        }
    }

    private void Appended(int node, NodeView view, in LogEntry entry)
    {
        long index = entry.Id.Index.Value;
        long term = entry.Id.Term.Value;
        if (index != view.Log.Last + 1)
        {
            Violate("dense-log", $"node {node} appends {entry.Id} after index {view.Log.Last}");
            return;
        }

        long previous = view.Log[index - 1].Term;
        ulong hash = StateHash.Mixed(
            StateHash.Of(entry.Payload.Span),
            StateHash.Mixed((ulong)term ^ ((ulong)entry.Kind << 56), (ulong)entry.Timestamp.Value));
        if (!_entries.Fits(index, term, hash, previous))
        {
            Violate("log-matching", $"node {node} appends {entry.Id} with another content or predecessor than an entry "
                + "of the same term and index elsewhere");
        }

        view.Log.Append(new ShadowEntry(term, hash));
        Appends++;
        if (index <= _committed.Count && _committed[index].Term < term && _committed.BindLeaderOf(term, index))
        {
            Violate("leader-completeness", $"node {node} appends {entry.Id}, where an entry of term "
                + $"{_committed[index].Term} is committed");
        }
    }

    private void Truncated(int node, NodeView view, long from)
    {
        if (from > view.Log.Last)
        {
            return;
        }

        _cluster.Probes.Reached(Probe.LogTruncated);
        view.HasTruncated = true;
        if (view.Log.Last > view.Log.DurableLast)
        {
            _cluster.Probes.Reached(Probe.TruncatedWhileWritten);
        }

        if (view.IsLeader && view.LeaderTerm == _cluster.Nodes[node - 1].RaftOf(_group).CurrentTerm)
        {
            Violate("leader-append-only", $"node {node} leads term {view.LeaderTerm} and voids entries from {from} on");
        }

        // The term of this step: in the same turn the node may have gone on to later ones.
        long term = view.Log.HardState.CurrentTerm.Value;
        for (long index = from; index <= Math.Min(view.Log.Last, _committed.Count); index++)
        {
            if (view.Log[index] == _committed[index] && _committed.BindLeaderOf(term, index))
            {
                Violate("committed-truncated", $"node {node} voids the committed entry {index}");
            }
        }

        view.Log.Truncate(from);
    }

    private void CommitRose(int node, NodeView view, in RaftStatus status)
    {
        NoteTerms(view, status);
        for (long index = view.Commit + 1; index <= status.CommitIndex.Value; index++)
        {
            ShadowEntry entry = view.Log[index];
            if (index <= _committed.Count)
            {
                if (entry != _committed[index])
                {
                    Violate("state-machine-safety", $"node {node} commits at {index} an entry of term {entry.Term}, "
                        + $"but one of term {_committed[index].Term} is committed there");
                }

                continue;
            }

            _committed.Add(entry, status.CurrentTerm.Value);
            if (entry.Term < status.CurrentTerm.Value)
            {
                _cluster.Probes.Reached(Probe.EntryFromEarlierTermCommitted);
            }

            if (entry.Term == 0 || DurableCopies(index, entry) < _cluster.Config.Majority)
            {
                Violate("commit-durable", $"node {node} commits entry {index} of term {entry.Term}, which only "
                    + $"{DurableCopies(index, entry)} nodes have on disk");
            }
        }

        // Paper section 5.4.2: entries of earlier terms are committed with one of the leader's own, never by counting.
        if (status.Role == RaftRole.Leader && view.Log[status.CommitIndex.Value].Term != status.CurrentTerm.Value)
        {
            Violate("commit-own-term", $"node {node} leads term {status.CurrentTerm} and commits up to "
                + $"{status.CommitIndex}, an entry of term {view.Log[status.CommitIndex.Value].Term}");
        }

        view.Commit = status.CommitIndex.Value;
    }

    // Terms only rise along a log.
    private void NoteTerms(NodeView view, in RaftStatus status)
    {
        long first = view.Log[view.Commit + 1].Term;
        long last = status.CommitIndex.Value;
        while (last > view.Commit && view.Log[last].Term == status.CurrentTerm.Value)
        {
            last--;
        }

        if (last > view.Commit && view.Log[last].Term > first)
        {
            _cluster.Probes.Reached(Probe.SeveralTermsCommittedAtOnce);
        }
    }

    // A disk that was lost since counts too: what it told was true, and a minority of them may be lost.
    private int DurableCopies(long index, in ShadowEntry entry)
    {
        int copies = 0;
        for (int node = 1; node < _nodes.Length; node++)
        {
            if (_nodes[node].Log.Durable(index) == entry)
            {
                copies++;
            }
        }

        return copies;
    }
}
