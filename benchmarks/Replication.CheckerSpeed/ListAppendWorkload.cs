using Replication.Testing.Histories;

namespace Replication.CheckerSpeed;

/// <summary>Writes a history of list-append transactions of a strictly serializable database, by seed.</summary>
/// <remarks>
/// Clients run one to four steps, reads and appends alike; of ten keys in use the first is taken twice as often as the
/// second, and so on; a key is left after some number of appends. Of a hundred transactions one has an unknown outcome
/// and two fail.
/// </remarks>
internal sealed class ListAppendWorkload(int transactions, int clients, int appendsPerKey, int seed)
{
    private const int KeysInUse = 10;

    private static readonly HistoryValue Append = HistoryValue.FromText("append");
    private static readonly HistoryValue Read = HistoryValue.FromText("r");

    private readonly Random _random = new(seed);
    private readonly long[] _keys = [.. Enumerable.Range(0, KeysInUse).Select(k => (long)k)];
    private readonly List<HistoryValue>[] _lists = [.. Enumerable.Range(0, KeysInUse).Select(_ => new List<HistoryValue>())];
    private readonly long[] _appends = new long[KeysInUse];
    private long _index;
    private long _nextKey = KeysInUse;

    /// <summary>Writes the history as JSON lines.</summary>
    public void Write(string path)
    {
        using FileStream stream = new(path, FileMode.Create);
        using HistoryWriter writer = new(stream);
        foreach (HistoryEvent e in Events())
        {
            writer.Write(e);
        }
    }

    private IEnumerable<HistoryEvent> Events()
    {
        List<(long Process, HistoryEventType Outcome, HistoryValue Result)> running = [];
        Queue<long> idle = new(Enumerable.Range(0, clients).Select(c => (long)c));
        long nextProcess = clients;
        for (int left = transactions; left > 0 || running.Count > 0;)
        {
            if (left > 0 && idle.Count > 0 && _random.Next(2) == 0)
            {
                left--;
                long process = idle.Dequeue();
                HistoryEventType outcome = _random.Next(100) switch
                {
                    0 => HistoryEventType.Info,
                    1 or 2 => HistoryEventType.Fail,
                    _ => HistoryEventType.Ok,
                };
                (HistoryValue invocation, HistoryValue result) = Execute(outcome);
                running.Add((process, outcome, result));
                yield return EventOf(HistoryEventType.Invoke, process, invocation);
            }
            else if (running.Count > 0)
            {
                int one = _random.Next(running.Count);
                (long process, HistoryEventType outcome, HistoryValue result) = running[one];
                running.RemoveAt(one);
                idle.Enqueue(outcome == HistoryEventType.Info ? nextProcess++ : process);
                yield return EventOf(outcome, process, result);
            }
        }
    }

    /// <summary>Runs a transaction at the instant of its invocation.</summary>
    private (HistoryValue Invocation, HistoryValue Result) Execute(HistoryEventType outcome)
    {
        bool takesEffect = outcome == HistoryEventType.Ok || (outcome == HistoryEventType.Info && _random.Next(2) == 0);
        int steps = _random.Next(1, 5);
        HistoryValue[] invocation = new HistoryValue[steps];
        HistoryValue[] result = new HistoryValue[steps];
        for (int s = 0; s < steps; s++)
        {
            int slot = KeysInUse - 1 - Math.Min(KeysInUse - 1, (int)Math.Log2(_random.Next(1, 1 << KeysInUse)));
            if (_random.Next(2) == 0)
            {
                invocation[s] = HistoryValue.FromList(Read, _keys[slot], HistoryValue.Null);
                result[s] = outcome == HistoryEventType.Ok
                    ? HistoryValue.FromList(Read, _keys[slot], HistoryValue.FromList([.. _lists[slot]]))
                    : invocation[s];
                continue;
            }

            if (_appends[slot] == appendsPerKey && s == 0)
            {
                _keys[slot] = _nextKey++;
                _lists[slot] = [];
                _appends[slot] = 0;
            }

            HistoryValue element = ++_appends[slot];
            invocation[s] = result[s] = HistoryValue.FromList(Append, _keys[slot], element);
            if (takesEffect)
            {
                _lists[slot].Add(element);
            }
        }

        return (HistoryValue.FromList(invocation), HistoryValue.FromList(result));
    }

    private HistoryEvent EventOf(HistoryEventType type, long process, HistoryValue value) => new()
    {
        Index = _index++,
        Type = type,
        Process = process,
        F = "txn",
        Value = value,
    };
}
