using System.Buffers.Binary;
using Replication.Diagnostics;
using Replication.Errors;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.StateMachines;

namespace Replication.Groups;

/// <summary>Feeds committed entries to a group's state machine, in order, and has checkpoints made of it.</summary>
internal sealed class GroupApplier
{
    // An attachment: a format version, then the log time of the last applied entry.
    private const byte AttachmentVersion = 1;
    private const int AttachmentBytes = 9;
    private const int EntryOverheadBytes = 32;
    private readonly string _group;
    private readonly ICheckpointedStateMachine _machine;
    private readonly ResultBuffer _results = new();
    private readonly List<Answer> _answers = [];
    private Proposal? _current;
    private long _bytesSinceCheckpoint;

    public GroupApplier(string group, ICheckpointedStateMachine machine)
    {
        _group = group;
        _machine = machine;
        CheckpointId = machine.CheckpointId;
        AppliedId = CheckpointId;
        AppliedTimestamp = ReadAttachment(machine.CheckpointAttachment.Span);
    }

    public LogId AppliedId { get; private set; }

    public HybridTimestamp AppliedTimestamp { get; private set; }

    /// <summary>Gets the entry that the newest durable checkpoint holds.</summary>
    public LogId CheckpointId { get; private set; }

    public bool IsCheckpointUnderWay { get; private set; }

    /// <summary>Gets the bytes of applied state that no durable checkpoint holds and that only memory has.</summary>
    public long UnwrittenBytes => _machine.UnwrittenBytes;

    /// <summary>Applies entries; answers to their proposers wait for <see cref="Publish"/>.</summary>
    /// <param name="log">The group's log.</param>
    /// <param name="upTo">The last entry that is committed, and durable here.</param>
    /// <param name="pending">The proposals that wait.</param>
    /// <param name="settings">The budget of a turn.</param>
    /// <returns>Whether something was applied.</returns>
    public bool Apply(GroupLog log, LogIndex upTo, PendingProposals pending, GroupSettings settings)
    {
        long bytes = 0;
        int count = 0;
        while (AppliedId.Index < upTo && count < settings.ApplyEntriesMax && bytes < settings.ApplyBytesMax)
        {
            LogEntry entry = log.Get(AppliedId.Index.Next());
            _current = pending.Take(entry.Id, out bool isSame);
            Apply(entry, _current, isSame);
            _current = null;
            bytes += entry.Payload.Length;
            count++;
        }

        _bytesSinceCheckpoint += bytes + ((long)count * EntryOverheadBytes);
        return count > 0;
    }

    /// <summary>Makes what was applied visible to readers, then answers the proposers: whoever has an answer can read
    /// its effect.</summary>
    /// <param name="now">The current moment.</param>
    /// <param name="metrics">Where durations go.</param>
    public void Publish(Instant now, ReplicationMetrics metrics)
    {
        _machine.Publish();
        bool isMeasured = metrics.IsCommitDurationEnabled;
        foreach (Answer answer in _answers)
        {
            if (isMeasured)
            {
                metrics.Committed(now - answer.Proposal.ArrivedAt, _group);
            }

            answer.Proposal.Complete(answer.Completion);
        }

        _answers.Clear();
    }

    /// <summary>Ends the answers that a failure kept from being published: what happened to them is not known for
    /// sure.</summary>
    public void Fail()
    {
        _current?.Complete(new ProposalCompletion { Outcome = WriteOutcome.Indeterminate });
        _current = null;
        foreach (Answer answer in _answers)
        {
            answer.Proposal.Complete(new ProposalCompletion { Outcome = WriteOutcome.Indeterminate,
                Id = answer.Completion.Id });
        }

        _answers.Clear();
    }

    /// <summary>Captures a checkpoint if enough log was applied since the last one, or if what was applied has become
    /// as much: a few bytes of log may change large values.</summary>
    /// <param name="logBytes">After how many bytes.</param>
    /// <returns>The work to be done in the background; null if it is not time.</returns>
    public IBackgroundWork? TryCaptureCheckpoint(long logBytes)
    {
        if (IsCheckpointUnderWay || (_bytesSinceCheckpoint < logBytes && _machine.UnwrittenBytes < logBytes))
        {
            return null;
        }

        byte[] attachment = new byte[AttachmentBytes];
        attachment[0] = AttachmentVersion;
        BinaryPrimitives.WriteInt64LittleEndian(attachment.AsSpan(1), AppliedTimestamp.Value);
        IsCheckpointUnderWay = true;
        _bytesSinceCheckpoint = 0;
        return _machine.CaptureCheckpoint(AppliedId, attachment);
    }

    /// <summary>The checkpoint under way is durable.</summary>
    public void CheckpointCompleted()
    {
        IsCheckpointUnderWay = false;
        CheckpointId = _machine.CheckpointId;
    }

    private void Apply(in LogEntry entry, Proposal? proposal, bool isSame)
    {
        _results.Begin();
        if (entry.Kind == EntryKind.Command)
        {
            Execute(entry);
        }

        AppliedId = entry.Id;
        AppliedTimestamp = entry.Timestamp;
        if (proposal is null)
        {
            return;
        }

        // Another entry at the proposal's index: it was overwritten here, but it did enter a log, so it is not
        // Rejected.
        ProposalCompletion completion = isSame
            ? new() { Outcome = WriteOutcome.Committed, Id = entry.Id, Timestamp = entry.Timestamp,
                Result = _results.Take() }
            : new() { Outcome = WriteOutcome.Indeterminate };
        _answers.Add(new Answer(proposal, completion));
    }

    private void Execute(in LogEntry entry)
    {
        try
        {
            _machine.Apply(new ApplyContext(entry.Id, entry.Timestamp), entry.Payload.Span, _results);
        }
        catch (Exception error) when (error is not ReplicationException)
        {
            throw new ReplicationException(
                $"Group {_group}: the state machine threw at entry {entry.Id}; every replica throws there, so "
                    + $"that the machine must be repaired: {error.Message}",
                error);
        }
    }

    private HybridTimestamp ReadAttachment(ReadOnlySpan<byte> attachment)
    {
        if (attachment.IsEmpty)
        {
            return default;
        }

        if (attachment.Length != AttachmentBytes || attachment[0] != AttachmentVersion)
        {
            throw new ReplicationException(
                $"Group {_group}: the checkpoint at {CheckpointId} has an attachment of {attachment.Length} "
                    + $"bytes, version {attachment[0]}; this release reads version {AttachmentVersion}.");
        }

        return new HybridTimestamp(BinaryPrimitives.ReadInt64LittleEndian(attachment[1..]));
    }

    private readonly record struct Answer(Proposal Proposal, ProposalCompletion Completion);
}
