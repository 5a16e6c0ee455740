using Replication.Sessions;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>The sessions of one client, or of several that write in them at a time: one in each group.</summary>
/// <param name="groups">How many groups there are.</param>
internal sealed class ClientSessionSlot(int groups)
{
    private readonly ClientSession?[] _sessions = new ClientSession?[groups];

    /// <summary>Gets the first group without a session; -1 if there is none.</summary>
    public int Missing => Array.IndexOf(_sessions, null);

    /// <summary>Gets the session of a group; null while none is open.</summary>
    public ClientSession? this[int group] => _sessions[group];

    /// <summary>Takes up a session, unless another client was faster.</summary>
    public void Open(int group, ClientSession? session) => _sessions[group] ??= session;

    /// <summary>Gives a session up; another one may stand here by now.</summary>
    public void Drop(int group, long sessionId)
    {
        if (_sessions[group]?.Id == sessionId)
        {
            _sessions[group] = null;
        }
    }
}
