using Replication.Primitives;

namespace Replication.Sessions;

/// <summary>The client sessions of a group, part of its replicated state (thesis §6.3): equal on all replicas at equal
/// positions.</summary>
/// <remarks>
/// Stepped by the group's applier. Time is log time only. Everything it decides follows from the entries applied so
/// far,
/// whether they were applied one by one or came in a checkpoint.
/// </remarks>
internal sealed class ClientSessionTable
{
    private readonly SessionLimits _limits;
    private readonly Dictionary<long, OpenSession> _byId = [];
    private readonly ExpiryHeap _byExpiry = new();

    public ClientSessionTable(SessionLimits limits)
    {
        _limits = limits;
    }

    public int Count => _byId.Count;

    /// <summary>Gets the bytes that all stored results are charged with.</summary>
    public long Bytes { get; private set; }

    /// <summary>Gets the sessions in order of their ids.</summary>
    public IReadOnlyList<OpenSession> InOrder()
    {
        List<OpenSession> sessions = [.. _byExpiry.All];
        sessions.Sort(static (left, right) => left.Id.CompareTo(right.Id));
        return sessions;
    }

    /// <summary>Removes expired sessions, a bounded number; each entry begins with it.</summary>
    public void BeginEntry(HybridTimestamp now)
    {
        for (int i = 0; i < _limits.ExpirationsPerEntry; i++)
        {
            if (!_byExpiry.TryPeek(out OpenSession? first) || first.Expiry >= now)
            {
                return;
            }

            Remove(first);
        }
    }

    /// <summary>Opens a session.</summary>
    /// <returns>Whether it was opened; false if the table is full.</returns>
    public bool TryOpen(long id, long timeoutMilliseconds, HybridTimestamp now)
    {
        if (_byId.Count >= _limits.SessionsMax)
        {
            return false;
        }

        Add(new OpenSession(id, timeoutMilliseconds, now, floor: 1));
        return true;
    }

    /// <summary>Forgets a session.</summary>
    /// <returns>Whether it was there and alive.</returns>
    public bool TryClose(long id, HybridTimestamp now)
    {
        if (!TryFind(id, now, out OpenSession? session))
        {
            return false;
        }

        Remove(session);
        return true;
    }

    /// <summary>Decides about a command with a request id. It counts as a sign of life and takes the acknowledgement,
    /// whatever is decided.</summary>
    /// <param name="request">The request id; its floor is at most its sequence.</param>
    /// <param name="commandHash">What tells the command from others.</param>
    /// <param name="now">Log time of the entry.</param>
    /// <param name="stored">The result of before, if it is to be given again.</param>
    public SessionVerdict Judge(RequestId request, UInt128 commandHash, HybridTimestamp now, out StoredResult stored)
    {
        stored = default;
        if (!TryFind(request.SessionId, now, out OpenSession? session))
        {
            return SessionVerdict.Expired;
        }

        session.LastWrite = now;
        _byExpiry.Postponed(session);
        Bytes -= session.Bytes;
        session.RaiseFloor(request.AcknowledgedBelow);
        Bytes += session.Bytes;
        if (request.Sequence < session.Floor || request.Sequence - session.Floor >= _limits.WindowSequences)
        {
            return SessionVerdict.OutOfWindow;
        }

        if (session.TryGet(request.Sequence, out stored))
        {
            return stored.CommandHash == commandHash ? SessionVerdict.Replay : SessionVerdict.Reused;
        }

        if (session.Bytes >= _limits.SessionBytesMax)
        {
            return SessionVerdict.OutOfWindow;
        }

        return Bytes >= _limits.GroupBytesMax ? SessionVerdict.Overloaded : SessionVerdict.Execute;
    }

    /// <summary>Keeps the result of a command that <see cref="Judge"/> had executed.</summary>
    public void Store(long sessionId, in StoredResult result)
    {
        _byId[sessionId].Add(result);
        Bytes += result.ChargedBytes;
    }

    /// <summary>Takes up a session from a checkpoint.</summary>
    public void Restore(OpenSession session) => Add(session);

    private bool TryFind(
        long id, HybridTimestamp now, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out OpenSession? session) =>
        _byId.TryGetValue(id, out session) && session.Expiry >= now;

    private void Add(OpenSession session)
    {
        _byId.Add(session.Id, session);
        _byExpiry.Add(session);
        Bytes += session.Bytes;
    }

    private void Remove(OpenSession session)
    {
        _byId.Remove(session.Id);
        _byExpiry.Remove(session);
        Bytes -= session.Bytes;
    }
}
