using System.Diagnostics.CodeAnalysis;

namespace Replication.Sessions;

/// <summary>Sessions by (expiry, id): a binary heap in which each session knows its place, so that moving it allocates
/// nothing.</summary>
/// <remarks>Which session is first depends on the sessions alone, not on the order of what happened: replicas agree
/// after restarts.</remarks>
internal sealed class ExpiryHeap
{
    private readonly List<OpenSession> _sessions = [];

    public int Count => _sessions.Count;

    /// <summary>Gets the sessions in no useful order.</summary>
    public IReadOnlyList<OpenSession> All => _sessions;

    public bool TryPeek([MaybeNullWhen(false)] out OpenSession first)
    {
        first = _sessions.Count > 0 ? _sessions[0] : null;
        return first is not null;
    }

    public void Add(OpenSession session)
    {
        session.HeapPlace = _sessions.Count;
        _sessions.Add(session);
        Rise(session);
    }

    /// <summary>Finds the right place again after the expiry became later.</summary>
    public void Postponed(OpenSession session) => Sink(session);

    public void Remove(OpenSession session)
    {
        int place = session.HeapPlace;
        OpenSession last = _sessions[^1];
        _sessions.RemoveAt(_sessions.Count - 1);
        if (last != session)
        {
            Put(last, place);
            Rise(last);
            Sink(last);
        }
    }

    private static bool IsBefore(OpenSession left, OpenSession right)
    {
        int order = left.Expiry.CompareTo(right.Expiry);
        return order != 0 ? order < 0 : left.Id < right.Id;
    }

    private void Rise(OpenSession session)
    {
        int place = session.HeapPlace;
        while (place > 0 && IsBefore(session, _sessions[(place - 1) / 2]))
        {
            Put(_sessions[(place - 1) / 2], place);
            place = (place - 1) / 2;
        }

        Put(session, place);
    }

    private void Sink(OpenSession session)
    {
        int place = session.HeapPlace;
        while (true)
        {
            int child = (2 * place) + 1;
            if (child + 1 < _sessions.Count && IsBefore(_sessions[child + 1], _sessions[child]))
            {
                child++;
            }

            if (child >= _sessions.Count || !IsBefore(_sessions[child], session))
            {
                break;
            }

            Put(_sessions[child], place);
            place = child;
        }

        Put(session, place);
    }

    private void Put(OpenSession session, int place)
    {
        _sessions[place] = session;
        session.HeapPlace = place;
    }
}
