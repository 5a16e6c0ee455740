namespace Replication.Sessions;

/// <summary>A client session of a group: hands out request ids and remembers which are answered. Callable from any
/// thread.</summary>
/// <remarks>
/// The group keeps the results of the 1,024 sequences from the lowest one on that is not completed, and at most about 1
/// MiB of
/// them: a client that never calls <see cref="Complete"/> is Rejected(SequenceOutOfWindow) when they are used up.
/// </remarks>
public sealed class ClientSession
{
    private readonly Lock _lock = new();
    private readonly HashSet<long> _completedAboveFloor = [];
    private long _next = 1;
    private long _floor = 1;

    /// <summary>Takes up a session that its group has opened and that has not written yet.</summary>
    /// <param name="id">The number that the group gave it.</param>
    /// <param name="timeout">After how much log time without a write it expires.</param>
    public ClientSession(long id, TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(id);
        Id = id;
        Timeout = timeout;
    }

    /// <summary>Gets the session's number, unique in its group.</summary>
    public long Id { get; }

    /// <summary>Gets after how much log time without a write it expires.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Gets the id of the next write. Use it for every retry of that write, then call
    /// <see cref="Complete"/>.</summary>
    /// <returns>The request id.</returns>
    public RequestId Next()
    {
        lock (_lock)
        {
            return new RequestId(Id, _next++, _floor);
        }
    }

    /// <summary>Says that a write won't be retried: its outcome is known, or the caller gives it up. Saying it twice
    /// changes nothing.</summary>
    /// <remarks>A write that is neither completed nor retried keeps its place: after 1,024 later ones the session takes
    /// no more.</remarks>
    /// <param name="request">The request id.</param>
    /// <exception cref="ArgumentException">The request id is not of this session, or <see cref="Next"/> never gave
    /// it.</exception>
    public void Complete(RequestId request)
    {
        if (request.SessionId != Id)
        {
            throw new ArgumentException(
                $"The request id is of session {request.SessionId}, this is {Id}.", nameof(request));
        }

        lock (_lock)
        {
            if (request.Sequence < 1 || request.Sequence >= _next)
            {
                throw new ArgumentException(
                    $"Sequence {request.Sequence} was never given: the next is {_next}.", nameof(request));
            }

            if (request.Sequence < _floor)
            {
                return;
            }

            _completedAboveFloor.Add(request.Sequence);
            while (_completedAboveFloor.Remove(_floor))
            {
                _floor++;
            }
        }
    }
}
