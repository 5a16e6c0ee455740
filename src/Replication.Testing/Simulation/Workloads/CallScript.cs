namespace Replication.Testing.Simulation.Workloads;

/// <summary>Hands out operations that are prescribed: to each client its own, in order, none before its time.</summary>
internal sealed class CallScript
{
    private readonly Queue<PlannedCall>[] _calls;
    private readonly bool[] _wantsSession;

    public CallScript(IReadOnlyList<PlannedCall> calls, int clients)
    {
        _calls = new Queue<PlannedCall>[clients];
        _wantsSession = new bool[clients];
        for (int i = 0; i < clients; i++)
        {
            _calls[i] = new Queue<PlannedCall>();
        }

        foreach (PlannedCall call in calls)
        {
            _calls[call.Client].Enqueue(call);
            _wantsSession[call.Client] |= call.InSession;
        }
    }

    public bool WantsSession(int client) => _wantsSession[client];

    /// <summary>Gets when the next operation of a client is to begin; null if it has no more.</summary>
    public long? NextAt(int client) => _calls[client].TryPeek(out PlannedCall? call) ? call.AtNanoseconds : null;

    /// <summary>Takes the next operation of a client.</summary>
    /// <returns>Null if it has no more, or if the time of the next one has not come: then the client is to begin
    /// again.</returns>
    public PlannedCall? Next(SimulatedClient client)
    {
        Queue<PlannedCall> calls = _calls[client.Index];
        if (!calls.TryPeek(out PlannedCall? call))
        {
            return null;
        }

        if (call.AtNanoseconds > client.NextAt)
        {
            client.Begin(call.AtNanoseconds);
            return null;
        }

        calls.Dequeue();
        return call.Kind == OperationKind.Wait ? null : call;
    }
}
