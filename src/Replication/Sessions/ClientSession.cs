namespace Replication.Sessions;

/// <summary>A client session of a group: hands out request ids and remembers which are answered. Callable from any thread.</summary>
public sealed class ClientSession
{
    /// <summary>Takes up a session that its group has opened and that has not written yet.</summary>
    /// <param name="id">The number that the group gave it.</param>
    /// <param name="timeout">After how much log time without a write it expires.</param>
    public ClientSession(long id, TimeSpan timeout)
    {
        Id = id;
        Timeout = timeout;
    }

    /// <summary>Gets the session's number, unique in its group.</summary>
    public long Id { get; }

    /// <summary>Gets after how much log time without a write it expires.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Gets the id of the next write. Use it for every retry of that write, then call <see cref="Complete"/>.</summary>
    /// <returns>The request id.</returns>
    public RequestId Next() => throw new NotImplementedException();

    /// <summary>Says that the outcome of a write is known and it won't be retried.</summary>
    /// <param name="request">The request id.</param>
    public void Complete(RequestId request) => throw new NotImplementedException();
}
