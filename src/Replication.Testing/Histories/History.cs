namespace Replication.Testing.Histories;

/// <summary>What happened: the operations of the clients, and what others such as a nemesis noted.</summary>
public sealed class History
{
    private History(IReadOnlyList<Operation> operations, IReadOnlyList<HistoryEvent> otherEvents)
    {
        Operations = operations;
        OtherEvents = otherEvents;
    }

    /// <summary>Gets the operations of the clients, in the order of their invocations.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>Gets the events of processes that are no clients, such as "nemesis", in order.</summary>
    public IReadOnlyList<HistoryEvent> OtherEvents { get; }

    /// <summary>Pairs invocations with completions.</summary>
    /// <param name="events">The events, by rising index.</param>
    /// <returns>The history; an invocation without completion has the outcome info.</returns>
    /// <exception cref="HistoryFormatException">An index does not rise, a client invokes while it has an operation
    /// under way, or a completion has no invocation or another function or key than it.</exception>
    public static History FromEvents(IEnumerable<HistoryEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        return Pair(events.Select((e, i) => (i + 1L, e)));
    }

    internal static History Pair(IEnumerable<(long Line, HistoryEvent Event)> events)
    {
        List<Operation> operations = [];
        List<HistoryEvent> others = [];
        Dictionary<long, Operation> pending = [];
        long lastIndex = long.MinValue;
        foreach ((long line, HistoryEvent e) in events)
        {
            if (e.Index <= lastIndex)
            {
                throw new HistoryFormatException(
                    line, $"index {e.Index} does not rise; the one before is {lastIndex}.");
            }

            lastIndex = e.Index;
            if (!e.Process.IsNumber)
            {
                others.Add(e);
            }
            else if (e.Type == HistoryEventType.Invoke)
            {
                Operation operation = new(e);
                operations.Add(operation);
                if (!pending.TryAdd(e.Process.Number, operation))
                {
                    throw new HistoryFormatException(
                        line,
                        $"process {e.Process} invokes \"{e.F}\" before "
                        + $"#{pending[e.Process.Number].InvocationIndex} of it has completed.");
                }
            }
            else
            {
                Complete(pending, line, e);
            }
        }

        return new History(operations, others);
    }

    private static void Complete(Dictionary<long, Operation> pending, long line, HistoryEvent completion)
    {
        if (!pending.Remove(completion.Process.Number, out Operation? operation))
        {
            throw new HistoryFormatException(
                line, $"process {completion.Process} completes \"{completion.F}\" but has nothing under way.");
        }

        if (operation.F != completion.F || (!completion.Key.IsNull && completion.Key != operation.Key))
        {
            throw new HistoryFormatException(
                line,
                $"process {completion.Process} completes \"{completion.F}\" of key {completion.Key}, but #"
                + $"{operation.InvocationIndex} that it has under way is \"{operation.F}\" of key {operation.Key}.");
        }

        operation.Completion = completion;
    }
}
