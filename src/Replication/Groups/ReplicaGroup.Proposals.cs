using Replication.Diagnostics;
using Replication.Primitives;
using Replication.Raft;
using Replication.Raft.Inputs;
using Replication.Raft.Primitives;
using Replication.Transport;

namespace Replication.Groups;

/// <content>Proposals: how they wait, enter the log or go to the leader, and how they end.</content>
internal sealed partial class ReplicaGroup
{
    private readonly Propose _propose = new();
    private readonly List<Proposal> _admitted = [];
    private readonly PendingProposals _pending = new();
    private readonly ForwardedProposals _forwards;
    private readonly SortedDictionary<NodeId, ForwardWindow> _seen = [];
    private EntryHeader[] _headers = new EntryHeader[64];
    private ItemList<Proposal> _waiting;
    private Instant _forwardAgainAt;
    private ProposalResult _proposalResult;
    private int _appendedCount;
    private bool _isLogFull;
    private NodeId _heldBackBy;

    private long PendingBytes => _pending.Bytes + _forwards.Bytes;

    /// <summary>A proposal arrived; it enters the log, goes to the leader, or waits for room.</summary>
    /// <param name="proposal">The proposal.</param>
    public void Enqueue(Proposal proposal)
    {
        Executor.MarkReady(this);
        if (_waiting.Count >= GroupSettings.WaitingMax)
        {
            Reject(proposal, RejectReason.Overloaded);
            return;
        }

        _waiting.Add(proposal);
    }

    /// <summary>Looks again whether the log may grow; names the member that holds it back if not.</summary>
    private void UpdateLogFull()
    {
        // It opens again a tenth below the limit, so that it does not flutter. The last entry doesn't count: one as
        // large as the limit would close the log for good, since it only goes when another follows it.
        bool isFull = _log.GivableBytes > (_isLogFull ? _settings.LogBytesMax / 10 * 9 : _settings.LogBytesMax);
        if (isFull == _isLogFull)
        {
            return;
        }

        _isLogFull = isFull;
        if (!isFull)
        {
            _turn.Logger.LogHasRoom(Name, _log.Bytes);
            return;
        }

        LogIndex lowest = _status.LastLogId.Index;
        _heldBackBy = Self;
        IReadOnlyList<PeerStatus> peers = _core.Peers;
        for (int i = 0; i < peers.Count; i++)
        {
            if (peers[i].MatchIndex < lowest)
            {
                lowest = peers[i].MatchIndex;
                _heldBackBy = peers[i].Peer;
            }
        }

        _turn.Logger.LogIsFull(Name, _log.Bytes, _settings.LogBytesMax, _heldBackBy.Value, lowest.Value + 1);
    }

    private void AdmitProposals()
    {
        while (_waiting.First is { } proposal)
        {
            if (Refusal(proposal) is var reason and not RejectReason.None)
            {
                Reject(_waiting.RemoveFirst(), reason);
            }
            else if (!HasRoomFor(proposal))
            {
                return;
            }
            else if (IsLeader && _status.TransferTarget.IsNone)
            {
                ProposeWaiting();
            }
            else if (!IsLeader && CanForward)
            {
                Forward(_waiting.RemoveFirst());
            }
            else
            {
                return;
            }
        }
    }

    // What can't succeed here is refused at once, with nothing in any log.
    private RejectReason Refusal(Proposal proposal)
    {
        if (_turn.IsStopping)
        {
            return RejectReason.Stopping;
        }

        if (!IsLeader)
        {
            return _settings.ForwardWrites && proposal.RequiredTerm == Term.Zero
                ? RejectReason.None : RejectReason.NotLeader;
        }

        if (proposal.RequiredTerm != Term.Zero && proposal.RequiredTerm != _status.CurrentTerm)
        {
            return RejectReason.NotLeader;
        }

        if (_turn.IsDiskFull)
        {
            return RejectReason.DiskFull;
        }

        UpdateLogFull();
        return _isLogFull ? RejectReason.LogFull : RejectReason.None;
    }

    private bool CanForward => !_status.Leader.IsNone && _turn.Now >= _forwardAgainAt;

    // A disk that writes checkpoints more slowly than clients write must not fill the memory.
    private bool IsBehindWithCheckpoints =>
        _applier.UnwrittenBytes / GroupSettings.UnwrittenCheckpointsMax > _settings.CheckpointLogBytes;

    private bool HasRoomFor(Proposal proposal)
    {
        if (IsLeader && IsBehindWithCheckpoints)
        {
            return false;
        }

        long pending = PendingBytes;
        return pending == 0 || pending + proposal.Payload.Length <= _settings.PendingBytesMax;
    }

    // All that wait become one input of the core, and so one message per peer and one write.
    private void ProposeWaiting()
    {
        _admitted.Clear();
        long bytes = PendingBytes;
        while (_waiting.First is { } proposal && _admitted.Count < GroupSettings.ProposeEntriesMax)
        {
            if (bytes > 0 && bytes + proposal.Payload.Length > _settings.PendingBytesMax)
            {
                break;
            }

            if (proposal.RequiredTerm != Term.Zero && proposal.RequiredTerm != _status.CurrentTerm)
            {
                break;
            }

            _waiting.RemoveFirst();
            if (proposal.TryTake())
            {
                bytes += proposal.Payload.Length;
                AddHeader(proposal.Payload.Length);
                _admitted.Add(proposal);
            }
        }

        if (_admitted.Count == 0)
        {
            return;
        }

        _propose.Entries = _headers.AsMemory(0, _admitted.Count);
        _appendedCount = 0;
        Step(_propose);
        if (_proposalResult != ProposalResult.Accepted)
        {
            foreach (Proposal refused in _admitted)
            {
                Reject(refused,
                    _proposalResult == ProposalResult.NotLeader
                        ? RejectReason.NotLeader : RejectReason.TransferInProgress);
            }
        }

        _admitted.Clear();
    }

    private void AddHeader(int payloadBytes)
    {
        if (_admitted.Count == _headers.Length)
        {
            Array.Resize(ref _headers, _headers.Length * 2);
        }

        _headers[_admitted.Count] = new EntryHeader(_status.CurrentTerm, EntryKind.Command, payloadBytes);
    }

    private void AppendProposed(LogIndex index, Proposal proposal)
    {
        AppendOwn(index, EntryKind.Command, proposal.Payload);
        _pending.Add(new LogId(_status.CurrentTerm, index), proposal);
        _appendedCount++;
    }

    private void Forward(Proposal proposal)
    {
        if (!proposal.TryTake())
        {
            return;
        }

        long requestId = _forwards.Add(proposal, _status.Leader);
        _turn.Transport.Send(_status.Leader, new ForwardedProposal(Id, requestId, _status.CurrentTerm,
            proposal.Payload));
    }

    private void ReceiveForwarded(NodeId from, ForwardedProposal message)
    {
        if (!_seen.TryGetValue(from, out ForwardWindow? window))
        {
            window = new ForwardWindow();
            _seen.Add(from, window);
        }

        // A newer release may forward what this one can't execute: in the log it would stop every node.
        if (!window.TryAccept(message.RequestId) || !_machine.CanApply(message.Command.Span))
        {
            _turn.Metrics.Dropped();
            return;
        }

        new ForwardedIn(this, _turn.Transport, from, message).Deliver(Executor);
    }

    private void ReceiveAnswer(NodeId from, ForwardedProposalReply reply)
    {
        bool isElsewhere = reply.Result is
        {
            Outcome: WriteOutcome.Rejected,
            Reason: RejectReason.NotLeader or RejectReason.TransferInProgress,
        };
        if (!isElsewhere)
        {
            _forwards.Answer(from, reply.RequestId, reply.Result);
            return;
        }

        // It entered no log and never can: the term it was meant for is over. It waits for the next leader, within
        // its time.
        if (_forwards.TakeBack(from, reply.RequestId) is not { } proposal)
        {
            return;
        }

        if (_turn.Now >= proposal.ArrivedAt + _settings.LeaderWait)
        {
            proposal.Complete(reply.Result);
            return;
        }

        _forwardAgainAt = _turn.Now + _core.Config.HeartbeatInterval;
        _waiting.Add(proposal);
    }

    private void ExpireProposals()
    {
        Instant now = _turn.Now;
        Instant arrivedBefore = new(Math.Max(-1, now.Nanoseconds - (_settings.WriteTimeout.Ticks * 100)));
        _pending.Expire(arrivedBefore);
        _forwards.Expire(arrivedBefore);
        while (_waiting.First is { } proposal && now >= proposal.ArrivedAt + WaitMax)
        {
            RejectReason reason = !IsLeader && _status.Leader.IsNone ? RejectReason.NotLeader
                : IsLeader && !_status.TransferTarget.IsNone ? RejectReason.TransferInProgress
                : !IsLeader && HasRoomFor(proposal) ? RejectReason.NotLeader
                : RejectReason.Overloaded;
            Reject(_waiting.RemoveFirst(), reason);
        }
    }

    // A proposal waits longer for room than for a leader.
    private TimeSpan WaitMax => !IsLeader && _status.Leader.IsNone && _settings.LeaderWait < _settings.WriteTimeout
        ? _settings.LeaderWait
        : _settings.WriteTimeout;

    private Instant ProposalDeadline()
    {
        Instant deadline = Instant.Never;
        if (_pending.OldestUnexpired is { } pending)
        {
            deadline = pending.ArrivedAt + _settings.WriteTimeout;
        }

        if (_forwards.Oldest is { } forwarded)
        {
            deadline = Instant.Min(deadline, forwarded.ArrivedAt + _settings.WriteTimeout);
        }

        if (_waiting.First is { } waiting)
        {
            deadline = Instant.Min(deadline, waiting.ArrivedAt + WaitMax);
            if (_forwardAgainAt > _turn.Now)
            {
                deadline = Instant.Min(deadline, _forwardAgainAt);
            }
        }

        return deadline;
    }

    private void Reject(Proposal proposal, RejectReason reason)
    {
        _turn.Metrics.Rejected(Name);
        if (proposal.TryTake())
        {
            proposal.Complete(new ProposalCompletion
            {
                Outcome = WriteOutcome.Rejected,
                Reason = reason,
                Leader = _status.Leader,
            });
        }
    }

    private void FailProposals(Exception error)
    {
        // A step that threw may have taken some of its proposals into the log, or not.
        for (int i = _appendedCount; i < _admitted.Count; i++)
        {
            _admitted[i].Complete(new ProposalCompletion { Outcome = WriteOutcome.Indeterminate });
        }

        _admitted.Clear();
        _pending.Clear(_status.Leader);
        _forwards.Clear();
        while (!_waiting.IsEmpty)
        {
            _waiting.RemoveFirst().Refuse(error);
        }
    }
}
