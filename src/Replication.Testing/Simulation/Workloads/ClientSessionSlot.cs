using Replication.Sessions;

namespace Replication.Testing.Simulation.Workloads;

/// <summary>The session of one client, or of several that write in it at a time.</summary>
internal sealed class ClientSessionSlot
{
    /// <summary>Gets the session; null while none is open.</summary>
    public ClientSession? Session { get; private set; }

    /// <summary>Takes up a session, unless another client was faster.</summary>
    public void Open(ClientSession? session) => Session ??= session;

    /// <summary>Gives a session up; another one may stand here by now.</summary>
    public void Drop(long sessionId)
    {
        if (Session?.Id == sessionId)
        {
            Session = null;
        }
    }
}
