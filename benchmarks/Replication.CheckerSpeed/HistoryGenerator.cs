using Replication.Testing.Histories;

namespace Replication.CheckerSpeed;

/// <summary>A history of objects that obey, by seed: clients overlap at random, each operation takes effect at a random
/// moment while it is under way.</summary>
internal sealed class HistoryGenerator(Workload workload, int seed)
{
    private readonly Random _random = new(seed);
    private readonly GeneratedObject[] _objects =
        [.. Enumerable.Range(0, workload.Keys).Select(key => new GeneratedObject(workload, key))];

    private int _nextProcess;
    private int _invoked;

    public IEnumerable<HistoryEvent> Events()
    {
        int count = workload.Keys * workload.Clients;
        Client[] clients = [.. Enumerable.Range(0, count).Select(i => new Client(_objects[i / workload.Clients]))];
        foreach (Client client in clients)
        {
            client.Process = _nextProcess++;
        }

        int finishing = 0;
        long index = 0;
        while (_invoked < workload.Operations || finishing < count)
        {
            // Towards the end every client finishes what it has under way.
            Client client = _invoked < workload.Operations ? clients[_random.Next(count)] : clients[finishing];
            if (client.Invocation is null && _invoked == workload.Operations)
            {
                finishing++;
            }
            else if (Next(client) is HistoryEvent e)
            {
                yield return e with { Index = index, Time = index * 1_000 };
                index++;
            }
        }
    }

    private HistoryEvent? Next(Client client)
    {
        if (client.Invocation is not HistoryEvent invocation)
        {
            _invoked++;
            client.IsApplied = false;
            client.Invocation = client.Object.Invocation(_random, client.Process);
            return client.Invocation;
        }

        if (!client.IsApplied)
        {
            client.IsApplied = true;
            client.IsUnknown = _random.Next(100) < workload.UnknownPercent;
            if (!client.IsUnknown || _random.Next(2) == 0)
            {
                client.Result = client.Object.Apply(invocation);
            }

            return null;
        }

        client.Invocation = null;
        HistoryEventType type = client.IsUnknown ? HistoryEventType.Info
            : client.Result is null ? HistoryEventType.Fail
            : HistoryEventType.Ok;
        HistoryEvent completion = invocation with
        {
            Type = type,
            Value = type == HistoryEventType.Ok ? client.Result!.Value : invocation.Value,
        };
        client.Process = client.IsUnknown ? _nextProcess++ : client.Process;
        return completion;
    }

    private sealed class Client(GeneratedObject @object)
    {
        public GeneratedObject Object { get; } = @object;

        public int Process { get; set; }

        public HistoryEvent? Invocation { get; set; }

        public HistoryValue? Result { get; set; }

        public bool IsApplied { get; set; }

        public bool IsUnknown { get; set; }
    }
}
