using Replication.Errors;
using Replication.Primitives;
using Replication.Sessions;
using Replication.StateMachines;

namespace Replication.Groups.Shell;

/// <summary>Opens and closes client sessions of a group, and checks request ids. Callable from any thread.</summary>
internal static class GroupSessions
{
    /// <summary>Opens a session.</summary>
    /// <exception cref="SessionRefusedException">It was refused, or the answer was lost.</exception>
    public static async ValueTask<ClientSession> OpenAsync(
        GroupClient group, TimeSpan timeout, CancellationToken cancellationToken)
    {
        byte[] payload = CommandEnvelope.ForOpening(timeout).ToPayload([]);
        ProposalCompletion completion = await group.ProposeAsync(payload, cancellationToken).ConfigureAwait(false);
        if (completion.Outcome != WriteOutcome.Committed)
        {
            throw new SessionRefusedException(
                $"Group '{group.Name}' opened no client session: {completion.Outcome} ({completion.Reason}). " +
                "Try again.",
                completion.Reason,
                completion.Leader);
        }

        CommandResult result = CommandResult.Read(completion);
        if (result.Code != CommandResultCode.SessionOpened)
        {
            throw new SessionRefusedException(
                $"Group '{group.Name}' has {SessionLimits.Default.SessionsMax} client sessions, as many as it may. " +
                "Close those that are not used, or try again when some have expired.",
                result.Reason,
                completion.Leader);
        }

        return new ClientSession(result.Id.Index.Value, timeout);
    }

    /// <summary>Closes a session: its results are forgotten at once.</summary>
    /// <returns>Whether this call closed it; false if it was gone already or nobody can say.</returns>
    public static async ValueTask<bool> CloseAsync(
        GroupClient group, ClientSession session, CancellationToken cancellationToken)
    {
        byte[] payload = CommandEnvelope.ForClosing(session.Id).ToPayload([]);
        ProposalCompletion completion = await group.ProposeAsync(payload, cancellationToken).ConfigureAwait(false);
        return completion.Outcome == WriteOutcome.Committed
            && CommandResult.Read(completion).Code == CommandResultCode.SessionClosed;
    }

    /// <summary>Takes a session's timeout.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside its bounds.</exception>
    public static TimeSpan CheckedTimeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, SessionLimits.TimeoutMin);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeout, SessionLimits.TimeoutMax);
        return timeout;
    }

    /// <summary>Makes the envelope of a command.</summary>
    /// <exception cref="ArgumentException">The request id can't be one.</exception>
    public static CommandEnvelope EnvelopeOf(RequestId request)
    {
        bool isPossible = request == default
            || (request is { SessionId: > 0, Sequence: > 0, AcknowledgedBelow: >= 0 }
                && request.AcknowledgedBelow <= request.Sequence);
        if (!isPossible)
        {
            throw new ArgumentException(
                $"{request} is no request id: session and sequence start at 1, " +
                "and nothing above the sequence is acknowledged.",
                nameof(request));
        }

        return CommandEnvelope.ForCommand(request);
    }
}
