using System.Runtime.CompilerServices;
using Replication.Errors;
using Replication.Groups.Shell;
using Replication.Kv;
using Replication.Log.Machine;
using Replication.Log.Shell;
using Replication.Primitives;
using Replication.Serialization;
using Replication.Sessions;
using Replication.StateMachines;

namespace Replication.Log;

/// <summary>A replicated log: one group whose records have dense positions from 1 on. Callable from any
/// thread.</summary>
public sealed class ReplicatedLog
{
    [ThreadStatic]
    private static ExactBufferWriter? _buffer;

    private readonly GroupClient _group;
    private readonly LogPages _pages;
    private readonly PublishSignal _published = new();
    private readonly int _recordBytesMax;
    private readonly TimeSpan _sessionTimeout;

    /// <summary>Opens the awaitable face of a log.</summary>
    /// <param name="group">Its group.</param>
    /// <param name="machine">The group's state machine, below its client sessions; its
    /// <see cref="LogStateMachine.Published"/> is taken.</param>
    /// <param name="recordBytesMax">The largest record that this node lets through.</param>
    /// <param name="sessionTimeout">The timeout of sessions that are opened without one.</param>
    internal ReplicatedLog(GroupClient group, LogStateMachine machine, int recordBytesMax, TimeSpan sessionTimeout)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(recordBytesMax);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recordBytesMax, LogCommandCodec.RecordBytesMax);
        _group = group;
        _pages = new LogPages(group.Name, machine.Engine);
        _recordBytesMax = recordBytesMax;
        _sessionTimeout = GroupSessions.CheckedTimeout(sessionTimeout);
        machine.Published = _published.Raise;
    }

    /// <summary>Gets the name of the group.</summary>
    public string Name => _group.Name;

    /// <summary>Appends a record.</summary>
    /// <param name="record">Its bytes, 1 to the largest value of a store; copied before the call returns.</param>
    /// <param name="request">Makes a retry exactly-once.</param>
    /// <param name="cancellationToken">Before the record was queued: OperationCanceledException; after that:
    /// Indeterminate.</param>
    /// <returns>How it ended, and the position if committed.</returns>
    public ValueTask<LogAppendResult> AppendAsync(
        ReadOnlyMemory<byte> record, RequestId request = default, CancellationToken cancellationToken = default)
    {
        if (record.IsEmpty || record.Length > _recordBytesMax)
        {
            throw new ArgumentException(
                $"The record has {record.Length} bytes; it must have 1 to {_recordBytesMax}.", nameof(record));
        }

        CommandEnvelope envelope = GroupSessions.EnvelopeOf(request);
        return ProposeAsync(
            LogCommandCodec.AppendPayload(envelope, record.Span, _buffer ??= new ExactBufferWriter()),
                cancellationToken);
    }

    /// <summary>Reads records in order without gaps, up to the end of the log as it is when the read begins.</summary>
    /// <param name="from">The first position; at least the first one kept. Beyond the end there is nothing to
    /// read.</param>
    /// <param name="consistency">How fresh the end must be; linearizable by default.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    /// <returns>The records.</returns>
    /// <exception cref="LogTrimmedException">A trim gave up the position, before the read or while it went
    /// on.</exception>
    /// <exception cref="QuorumUnavailableException">The level can't be met now. Safe to retry.</exception>
    public IAsyncEnumerable<LogRecord> ReadAsync(
        long from, ReadConsistency consistency = default, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        return ReadPagesAsync(from, consistency, cancellationToken);
    }

    /// <summary>Reads records in order without gaps and goes on with those that are appended later, as this node
    /// applies them.</summary>
    /// <param name="from">The first position; at least the first one kept. May lie beyond the end.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    /// <returns>The records; ends only by the token or an error.</returns>
    /// <exception cref="LogTrimmedException">A trim gave up the next record before the reader came to it.</exception>
    public IAsyncEnumerable<LogRecord> SubscribeAsync(long from, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        return FollowAsync(from, cancellationToken);
    }

    /// <summary>Gives up all records before a position.</summary>
    /// <param name="before">The first position that is kept; beyond the end all records are given up.</param>
    /// <param name="request">Makes a retry exactly-once.</param>
    /// <param name="cancellationToken">As for an append.</param>
    /// <returns>How it ended, and the first position kept.</returns>
    /// <remarks>Readers see it at once; the space returns bit by bit as later entries are applied.</remarks>
    public ValueTask<LogAppendResult> TrimAsync(
        long before, RequestId request = default, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(before, 1);
        CommandEnvelope envelope = GroupSessions.EnvelopeOf(request);
        return ProposeAsync(LogCommandCodec.TrimPayload(envelope, before, _buffer ??= new ExactBufferWriter()),
            cancellationToken);
    }

    /// <summary>Opens a client session, with whose request ids an append can be retried and is executed once (thesis
    /// §6.3).</summary>
    /// <param name="timeout">After how much log time without a write it expires: 1 s to 365 days; null for the host's
    /// default.</param>
    /// <param name="cancellationToken">Stops the wait; the session may be opened nevertheless and expires by
    /// itself.</param>
    /// <returns>The session.</returns>
    /// <exception cref="SessionRefusedException">The group has 10,000 sessions, or can't be reached. Safe to
    /// retry.</exception>
    public ValueTask<ClientSession> OpenSessionAsync(
        TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        GroupSessions.OpenAsync(_group, GroupSessions.CheckedTimeout(timeout ?? _sessionTimeout), cancellationToken);

    /// <summary>Closes a client session: later writes with its request ids are Rejected(SessionExpired).</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Stops the wait; the session may be closed nevertheless.</param>
    /// <returns>Whether this call closed it; false if it was gone already or nobody can say.</returns>
    public ValueTask<bool> CloseSessionAsync(ClientSession session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        return GroupSessions.CloseAsync(_group, session, cancellationToken);
    }

    /// <summary>Ends all subscriptions with an error: the host stops or has failed.</summary>
    internal void EndSubscriptions(Exception reason) => _published.End(reason);

    private async IAsyncEnumerable<LogRecord> ReadPagesAsync(
        long from, ReadConsistency consistency, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (consistency.Level != ReadLevel.ConsistentPrefix)
        {
            await _group.ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        }

        _group.ThrowIfStopped();
        long end = _pages.End();
        var page = new List<LogRecord>();
        do
        {
            _pages.Read(from, end, page);
            foreach (LogRecord record in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return record;
            }

            from += page.Count;
        }
        while (from < end);
    }

    private async IAsyncEnumerable<LogRecord> FollowAsync(
        long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = new List<LogRecord>();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task published = _published.Next();
            _pages.Read(from, long.MaxValue, page);
            foreach (LogRecord record in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return record;
            }

            from += page.Count;
            if (page.Count == 0)
            {
                await published.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<LogAppendResult> ProposeAsync(byte[] payload, CancellationToken cancellationToken)
    {
        ProposalCompletion completion = await _group.ProposeAsync(payload, cancellationToken).ConfigureAwait(false);
        var undone = new LogAppendResult
        {
            Outcome = completion.Outcome,
            Reason = completion.Reason,
            Leader = completion.Leader,
            Id = completion.Id,
        };
        if (completion.Outcome != WriteOutcome.Committed)
        {
            return undone;
        }

        CommandResult result = CommandResult.Read(completion);
        if (!result.IsApplied)
        {
            return undone with { Outcome = WriteOutcome.Rejected, Reason = result.Reason };
        }

        return LogCommandCodec.ReadResult(result.Body.Span, out long position) == LogStatus.Done
            ? undone with { Id = result.Id, Position = position }
            : throw new ReplicationException(
                $"Log '{Name}' could not read the command of entry {completion.Id} and did not execute it.");
    }
}
