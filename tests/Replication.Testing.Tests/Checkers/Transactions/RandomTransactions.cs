using Replication.Testing.Histories;

namespace Replication.Testing.Tests.Checkers.Transactions;

/// <summary>Small histories of a simulated database that isolates well, badly or not at all, by seed.</summary>
internal sealed class RandomTransactions
{
    private readonly Random _random;
    private readonly bool _lists;
    private readonly Isolation _isolation;
    private readonly int _keys;
    private readonly int _noisePercent;
    private readonly List<HistoryEvent> _events = [];
    private readonly Dictionary<int, List<long>> _store = [];
    private readonly Dictionary<int, long> _lastElement = [];

    private RandomTransactions(int seed, bool lists, Isolation? isolation)
    {
        _random = new Random(seed);
        _lists = lists;
        _isolation = isolation ?? (Isolation)_random.Next(4);
        _keys = _random.Next(1, 4);
        _noisePercent = isolation is null && _random.Next(4) == 0 ? _random.Next(1, 30) : 0;
    }

    public enum Isolation
    {
        /// <summary>A transaction happens at one instant between its invocation and its completion.</summary>
        Strict,

        /// <summary>It reads at its invocation and writes at its completion.</summary>
        Snapshot,

        /// <summary>Each step happens by itself; what fails is undone.</summary>
        Steps,

        /// <summary>Each step happens by itself; what fails stays.</summary>
        None,
    }

    /// <summary>Makes a history of list-append transactions; of any isolation, or of one.</summary>
    public static History Lists(int seed, int transactions, Isolation? isolation = null) =>
        new RandomTransactions(seed, true, isolation).Run(transactions, 3);

    /// <summary>Makes a history of register transactions.</summary>
    public static History Registers(int seed, int transactions, Isolation? isolation = null) =>
        new RandomTransactions(seed, false, isolation).Run(transactions, 3);

    private History Run(int transactions, int processes)
    {
        List<Running> running = [];
        Queue<int> idle = new(Enumerable.Range(0, processes));
        int nextProcess = processes;
        while (transactions > 0 || running.Count > 0)
        {
            bool begins = transactions > 0 && idle.Count > 0 && (running.Count == 0 || _random.Next(3) == 0);
            if (begins)
            {
                transactions--;
                running.Add(Begin(idle.Dequeue()));
                continue;
            }

            Running one = running[_random.Next(running.Count)];
            if (!Advance(one))
            {
                running.Remove(one);
                HistoryEventType outcome = Complete(one);
                idle.Enqueue(outcome == HistoryEventType.Info ? nextProcess++ : one.Process);
            }
        }

        return History.FromEvents(_events);
    }

    private Running Begin(int process)
    {
        List<(bool IsWrite, int Key, long Value)> steps = [];
        for (int s = _random.Next(1, 4); s > 0; s--)
        {
            int key = _random.Next(_keys);
            bool isWrite = _random.Next(2) == 0;
            long value = isWrite ? _lastElement[key] = _lastElement.GetValueOrDefault(key) + 1 : 0;
            steps.Add((isWrite, key, value));
        }

        AddEvent(HistoryEventType.Invoke, process, Encode(steps, null));
        return new Running(process, steps)
        {
            Snapshot = Copy(),
            StartsAt = _random.Next(4),
            Outcome = _random.Next(8) switch { 0 => HistoryEventType.Fail, 1 => HistoryEventType.Info, _ => HistoryEventType.Ok },
        };
    }

    /// <summary>Goes one step on.</summary>
    /// <returns>False when the transaction has nothing left to do but to complete.</returns>
    private bool Advance(Running one)
    {
        if (one.Reads.Count == one.Steps.Count)
        {
            return false;
        }

        switch (_isolation)
        {
            case Isolation.Strict:
                if (one.StartsAt-- > 0)
                {
                    return true;
                }

                Execute(one, _store, one.Steps.Count);
                Undo(one);
                break;
            case Isolation.Snapshot:
                Execute(one, one.Snapshot, one.Steps.Count);
                break;
            default:
                Execute(one, _store, one.Reads.Count + 1);
                break;
        }

        return true;
    }

    private void Execute(Running one, Dictionary<int, List<long>> store, int until)
    {
        for (int s = one.Reads.Count; s < until; s++)
        {
            (bool isWrite, int key, long value) = one.Steps[s];
            if (isWrite)
            {
                Versions(store, key).Add(value);
                one.Reads.Add([]);
            }
            else
            {
                one.Reads.Add(Noisy([.. Versions(store, key)]));
            }
        }
    }

    private HistoryEventType Complete(Running one)
    {
        if (_isolation == Isolation.Snapshot && (one.Outcome == HistoryEventType.Ok || TakesEffect(one)))
        {
            foreach ((bool isWrite, int key, long value) in one.Steps)
            {
                if (isWrite)
                {
                    Versions(_store, key).Add(value);
                }
            }
        }
        else if (_isolation == Isolation.Steps)
        {
            Undo(one);
        }

        AddEvent(one.Outcome, one.Process, Encode(one.Steps, one.Outcome == HistoryEventType.Ok ? one.Reads : null));
        return one.Outcome;
    }

    private bool TakesEffect(Running one) => one.Outcome == HistoryEventType.Info && _random.Next(2) == 0;

    private void Undo(Running one)
    {
        if (one.Outcome == HistoryEventType.Ok || TakesEffect(one))
        {
            return;
        }

        foreach ((bool isWrite, int key, long value) in one.Steps)
        {
            if (isWrite)
            {
                Versions(_store, key).Remove(value);
            }
        }
    }

    private List<long> Noisy(List<long> list)
    {
        if (_random.Next(100) >= _noisePercent || list.Count == 0)
        {
            return list;
        }

        int place = _random.Next(list.Count);
        switch (_random.Next(4))
        {
            case 0:
                list.RemoveAt(place);
                break;
            case 1:
                list.RemoveRange(place, list.Count - place);
                break;
            case 2:
                list.Add(_random.Next(1, 12));
                break;
            default:
                (list[0], list[place]) = (list[place], list[0]);
                break;
        }

        return list;
    }

    private Dictionary<int, List<long>> Copy() => _store.ToDictionary(p => p.Key, p => p.Value.ToList());

    private static List<long> Versions(Dictionary<int, List<long>> store, int key)
    {
        if (!store.TryGetValue(key, out List<long>? versions))
        {
            store[key] = versions = [];
        }

        return versions;
    }

    private HistoryValue Encode(List<(bool IsWrite, int Key, long Value)> steps, List<List<long>>? reads)
    {
        HistoryValue[] encoded = new HistoryValue[steps.Count];
        for (int s = 0; s < steps.Count; s++)
        {
            (bool isWrite, int key, long value) = steps[s];
            List<long> read = reads?[s] ?? [];
            encoded[s] = isWrite ? HistoryValue.FromList(HistoryValue.FromText(_lists ? "append" : "w"), (long)key, value)
                : HistoryValue.FromList(HistoryValue.FromText("r"), (long)key, EncodeRead(read));
        }

        return HistoryValue.FromList(encoded);
    }

    private HistoryValue EncodeRead(List<long> read) => read.Count == 0 ? HistoryValue.Null
        : _lists ? HistoryValue.FromList([.. read.Select(HistoryValue.FromNumber)])
        : read[^1];

    private void AddEvent(HistoryEventType type, int process, HistoryValue value) => _events.Add(new HistoryEvent
    {
        Index = _events.Count,
        Type = type,
        Process = process,
        F = "txn",
        Value = value,
    });

    private sealed record Running(int Process, List<(bool IsWrite, int Key, long Value)> Steps)
    {
        public List<List<long>> Reads { get; } = [];

        public required Dictionary<int, List<long>> Snapshot { get; init; }

        public required HistoryEventType Outcome { get; init; }

        public int StartsAt { get; set; }
    }
}
