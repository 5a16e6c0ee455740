using Replication.Groups.Shell;
using Replication.Primitives;
using Replication.Raft.Primitives;
using Replication.Sessions;

namespace Replication.StateMachines;

/// <summary>A user's state machine as a group: commands go through the log, their results come back. Callable from any thread.</summary>
public sealed class ReplicatedStateMachine
{
    private readonly GroupClient _group;
    private readonly int _commandBytesMax;
    private readonly TimeSpan _sessionTimeout;

    internal ReplicatedStateMachine(GroupClient group, int commandBytesMax, TimeSpan sessionTimeout)
    {
        _group = group;
        _commandBytesMax = commandBytesMax;
        _sessionTimeout = GroupSessions.CheckedTimeout(sessionTimeout);
    }

    /// <summary>Gets the name of the group.</summary>
    public string Name => _group.Name;

    /// <summary>Has a command executed by every replica, and gets the result of this node's or the leader's.</summary>
    /// <param name="command">The command, up to the largest value of a store; copied before the call returns.</param>
    /// <param name="request">Makes a retry exactly-once; see <see cref="OpenSessionAsync"/>.</param>
    /// <param name="cancellationToken">Before the command was queued: OperationCanceledException; after: Indeterminate.</param>
    /// <returns>How it ended, with the machine's result if committed.</returns>
    /// <exception cref="ArgumentException">The command is too large; nothing happened.</exception>
    public ValueTask<CommandCompletion> ExecuteAsync(
        ReadOnlyMemory<byte> command, RequestId request = default, CancellationToken cancellationToken = default)
    {
        if (command.Length > _commandBytesMax)
        {
            throw new ArgumentException($"The command has {command.Length} bytes; it must have at most {_commandBytesMax}.", nameof(command));
        }

        return FinishAsync(_group.ProposeAsync(GroupSessions.EnvelopeOf(request).ToPayload(command.Span), cancellationToken));
    }

    /// <summary>Reads from the machine what is at least as new as everything acknowledged before the call (ReadIndex, thesis §6.4).</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="query">Reads the machine; runs on its owner between two commands, so it must be short and change nothing.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="Errors.QuorumUnavailableException">No leader confirmed itself in time. Safe to retry.</exception>
    public async ValueTask<T> QueryAsync<T>(Func<T> query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        await _group.ReadIndexAsync(cancellationToken).ConfigureAwait(false);
        return await _group.QueryAsync(query, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens a client session, with whose request ids a command can be retried and is executed once (thesis §6.3).</summary>
    /// <param name="timeout">After how much log time without a command it expires; null for the host's default.</param>
    /// <param name="cancellationToken">Stops the wait; the session may be opened nevertheless and expires by itself.</param>
    /// <returns>The session.</returns>
    public ValueTask<ClientSession> OpenSessionAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        GroupSessions.OpenAsync(_group, GroupSessions.CheckedTimeout(timeout ?? _sessionTimeout), cancellationToken);

    private static async ValueTask<CommandCompletion> FinishAsync(ValueTask<ProposalCompletion> proposal)
    {
        ProposalCompletion completion = await proposal.ConfigureAwait(false);
        if (completion.Outcome != WriteOutcome.Committed)
        {
            return new CommandCompletion
            {
                Outcome = completion.Outcome,
                Reason = completion.Reason,
                Leader = completion.Leader,
                Id = completion.Id,
            };
        }

        CommandResult result = CommandResult.Read(completion);
        return new CommandCompletion
        {
            Outcome = result.IsApplied ? WriteOutcome.Committed : WriteOutcome.Rejected,
            Reason = result.Reason,
            Leader = completion.Leader,
            Id = result.Id,
            Timestamp = result.Timestamp,
            Result = result.Body,
        };
    }
}

/// <summary>How a command ended.</summary>
public readonly record struct CommandCompletion
{
    /// <summary>Gets the outcome.</summary>
    public WriteOutcome Outcome { get; init; }

    /// <summary>Gets why it was rejected.</summary>
    public RejectReason Reason { get; init; }

    /// <summary>Gets the leader as far as known; none if not.</summary>
    public NodeId Leader { get; init; }

    /// <summary>Gets the entry that executed it; of an indeterminate one, where it may stand, or zero if unknown.</summary>
    public LogId Id { get; init; }

    /// <summary>Gets log time of that entry.</summary>
    public HybridTimestamp Timestamp { get; init; }

    /// <summary>Gets what the machine returned.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }
}
