using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Linearizability;

/// <summary>Small histories by seed: some from a store that obeys, some with wrong results, all kinds of ends.</summary>
internal sealed class RandomHistories(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>
    /// A history of a few clients on one or two keys. Each operation takes effect at a random moment while it is under
    /// way, by the model; then results are changed with some probability.
    /// </summary>
    public History Next(PlainModel model, int operationsMax)
    {
        int clients = _random.Next(1, 5);
        int operations = _random.Next(1, operationsMax + 1);
        bool isWild = _random.Next(3) == 0;
        RandomStore store = new(_random, model, keys: _random.Next(4) == 0 ? 2 : 1);
        List<HistoryEvent> events = [];
        HistoryEvent?[] underWay = new HistoryEvent?[clients];
        HistoryValue?[] results = new HistoryValue?[clients];
        int[] processes = [.. Enumerable.Range(0, clients)];
        while (operations > 0 || underWay.Any(o => o is not null))
        {
            int client = _random.Next(clients);
            if (underWay[client] is not HistoryEvent invocation)
            {
                if (operations > 0)
                {
                    operations--;
                    underWay[client] = store.Invocation(processes[client]) with { Index = events.Count };
                    events.Add(underWay[client]!);
                    results[client] = null;
                }
            }
            else if (results[client] is null && !isWild && _random.Next(8) != 0)
            {
                results[client] = store.Apply(invocation) ?? HistoryValue.Null;
            }
            else if (_random.Next(12) == 0)
            {
                // The client is gone; another process takes its place.
                processes[client] += clients;
                underWay[client] = null;
            }
            else
            {
                events.Add(Completion(invocation, results[client], store) with { Index = events.Count });
                underWay[client] = null;
            }
        }

        return History.FromEvents(events);
    }

    private HistoryEvent Completion(HistoryEvent invocation, HistoryValue? result, RandomStore store)
    {
        HistoryEventType type = result is null && _random.Next(2) == 0 ? HistoryEventType.Fail
            : _random.Next(8) == 0 ? HistoryEventType.Info
            : HistoryEventType.Ok;
        HistoryValue value = result is HistoryValue known && _random.Next(10) != 0
            ? known
            : store.Guess(invocation);
        return invocation with { Type = type, Value = type == HistoryEventType.Ok ? value : invocation.Value };
    }
}
