using Replication.Groups.Shell;
using Replication.Kv;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Sessions;
using Replication.StateMachines;

namespace Replication.Hosting;

/// <summary>A user's state machine, replicated: proposes commands to it and queries it. Callable from any
/// thread.</summary>
/// <typeparam name="TMachine">The machine.</typeparam>
public sealed class ReplicatedStateMachine<TMachine>
    where TMachine : IStateMachine
{
    /// <summary>The largest command: as for the values of a key-value store, so that an entry fits into one
    /// message.</summary>
    public const int CommandBytesMax = 2 << 20;

    private readonly GroupClient _group;
    private readonly TMachine _machine;
    private readonly TimeSpan _sessionTimeout;

    /// <summary>Opens the awaitable face of a machine.</summary>
    /// <param name="group">Its group.</param>
    /// <param name="machine">The machine that this node's applier owns.</param>
    /// <param name="sessionTimeout">The timeout of sessions that are opened without one.</param>
    internal ReplicatedStateMachine(GroupClient group, TMachine machine, TimeSpan sessionTimeout)
    {
        _group = group;
        _machine = machine;
        _sessionTimeout = GroupSessions.CheckedTimeout(sessionTimeout);
    }

    /// <summary>Gets the name of the group.</summary>
    public string Name => _group.Name;

    /// <summary>Proposes a command and waits until it is committed and executed.</summary>
    /// <param name="command">Its bytes, 0 to <see cref="CommandBytesMax"/>; copied before the call returns.</param>
    /// <param name="request">Makes a retry exactly-once; see <see cref="OpenSessionAsync"/>.</param>
    /// <param name="cancellationToken">Before the command was queued: OperationCanceledException; after that:
    /// Indeterminate.</param>
    /// <returns>How it ended, and what <see cref="IStateMachine.Apply"/> returned if committed.</returns>
    public ValueTask<StateMachineResult> ProposeAsync(
        ReadOnlyMemory<byte> command, RequestId request = default, CancellationToken cancellationToken = default)
    {
        if (command.Length > CommandBytesMax)
        {
            throw new ArgumentException(
                $"The command has {command.Length} bytes; CommandBytesMax is {CommandBytesMax}.", nameof(command));
        }

        return ProposeAsync(GroupSessions.EnvelopeOf(request).ToPayload(command.Span), cancellationToken);
    }

    /// <summary>Looks at the machine between two commands.</summary>
    /// <typeparam name="TResult">What the query returns; must not hold references into the machine that later commands
    /// change.</typeparam>
    /// <param name="query">Runs on the group's applier: keep it short, change nothing.</param>
    /// <param name="consistency">How fresh the state must be; linearizable by default.</param>
    /// <param name="cancellationToken">Stops the wait, nothing else.</param>
    /// <returns>What the query returned.</returns>
    /// <exception cref="Errors.QuorumUnavailableException">The level can't be met now. Safe to retry.</exception>
    public async ValueTask<TResult> QueryAsync<TResult>(
        Func<TMachine, TResult> query, ReadConsistency consistency = default,
            CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        if (consistency.Level != ReadLevel.ConsistentPrefix)
        {
            await _group.ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        }

        return await _group.QueryAsync(() => query(_machine), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a client session, with whose request ids a command can be retried and is executed once (thesis
    /// §6.3).</summary>
    /// <param name="timeout">After how much log time without a write it expires: 1 s to 365 days; null for the host's
    /// default.</param>
    /// <param name="cancellationToken">Stops the wait; the session may be opened nevertheless and expires by
    /// itself.</param>
    /// <returns>The session.</returns>
    /// <exception cref="Errors.SessionRefusedException">The group has 10,000 sessions, or can't be reached. Safe to
    /// retry.</exception>
    public ValueTask<ClientSession> OpenSessionAsync(
        TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        GroupSessions.OpenAsync(_group, GroupSessions.CheckedTimeout(timeout ?? _sessionTimeout), cancellationToken);

    /// <summary>Closes a client session: later commands with its request ids are Rejected(SessionExpired).</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Stops the wait; the session may be closed nevertheless.</param>
    /// <returns>Whether this call closed it; false if it was gone already or nobody can say.</returns>
    public ValueTask<bool> CloseSessionAsync(ClientSession session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        return GroupSessions.CloseAsync(_group, session, cancellationToken);
    }

    private async ValueTask<StateMachineResult> ProposeAsync(byte[] payload, CancellationToken cancellationToken)
    {
        ProposalCompletion completion = await _group.ProposeAsync(payload, cancellationToken).ConfigureAwait(false);
        var undone = new StateMachineResult
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
        return result.IsApplied
            ? undone with { Id = result.Id, Timestamp = result.Timestamp, Result = result.Body }
            : undone with { Outcome = WriteOutcome.Rejected, Reason = result.Reason };
    }
}

/// <summary>How a command of a user's state machine ended.</summary>
public readonly record struct StateMachineResult
{
    /// <summary>Gets the outcome; never ConditionFailed, which is for the machine to say in its result.</summary>
    public WriteOutcome Outcome { get; init; }

    /// <summary>Gets why it was rejected.</summary>
    public RejectReason Reason { get; init; }

    /// <summary>Gets the leader as far as known; none if not.</summary>
    public NodeId Leader { get; init; }

    /// <summary>Gets the entry: where it was executed, or, if indeterminate, where it may stand (zero if
    /// unknown).</summary>
    public LogId Id { get; init; }

    /// <summary>Gets the log time of that entry if committed.</summary>
    public HybridTimestamp Timestamp { get; init; }

    /// <summary>Gets what the machine returned if committed.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }
}
