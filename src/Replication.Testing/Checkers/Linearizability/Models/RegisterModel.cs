using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability.Models;

/// <summary>A value that is read, written and, with <c>cas</c>, compared and set.</summary>
internal sealed class RegisterModel(bool hasCas, bool mayReadsOfNullSayNothing = false) : Model
{
    /// <summary>Gets the model to which a read of null says nothing, unless somebody writes null.</summary>
    public RegisterModel WithoutReadsOfNull => new(hasCas, mayReadsOfNullSayNothing: true);

    public override string Name => hasCas ? "cas-register" : "register";

    /// <summary>
    /// Leaves out reads of unknown outcome, and writes of unknown outcome whose value nobody sees: without them every
    /// other operation does what it did.
    /// </summary>
    internal override List<Operation> Relevant(List<Operation> operations)
    {
        if (mayReadsOfNullSayNothing
            && !operations.Exists(o => Parse(o).Produced is HistoryValue produced && produced.IsNull))
        {
            operations = operations.FindAll(o => o.F != "read" || !o.Result.IsNull);
        }

        if (operations.TrueForAll(o => o.Outcome == HistoryEventType.Ok))
        {
            return operations;
        }

        Dictionary<HistoryValue, int> observers = [];
        bool isAnyRefused = false;
        foreach (Operation operation in operations)
        {
            RegisterOperation parsed = Parse(operation);
            isAnyRefused |= parsed.Kind == RegisterOperationKind.RefusedCas;
            if (parsed.Observed is HistoryValue value && IsObserver(operation, parsed))
            {
                observers[value] = observers.GetValueOrDefault(value) + 1;
            }
        }

        // A refused cas needs the value to be another one, whichever: then no write is idle.
        List<Operation> kept = operations;
        int before;
        do
        {
            before = kept.Count;
            kept = kept.FindAll(o => o.Outcome == HistoryEventType.Ok || IsNeeded(Parse(o), observers, isAnyRefused));
        }
        while (kept.Count < before);

        return kept;
    }

    internal override Machine Compile(
        IReadOnlyList<Operation> operations, HistoryValue? initial, bool looksAhead) =>
        new RegisterMachine(operations, this, initial ?? HistoryValue.Null, looksAhead);

    /// <summary>Reads singly; of writes all operations on values that a cas ties together.</summary>
    internal override List<List<int>> Removable(IReadOnlyList<Operation> operations)
    {
        List<List<int>> groups = [];
        RegisterOperation[] parsed = [.. operations.Select(Parse)];
        for (int i = 0; i < parsed.Length; i++)
        {
            if (parsed[i].Kind is RegisterOperationKind.Read or RegisterOperationKind.RefusedCas)
            {
                groups.Add([i]);
            }
        }

        if (parsed.All(p => p.Kind != RegisterOperationKind.RefusedCas))
        {
            groups.AddRange(ValueGroups(parsed));
        }

        return groups;
    }

    internal RegisterOperation Parse(Operation operation)
    {
        switch (operation.F)
        {
            case "read":
                return new RegisterOperation(RegisterOperationKind.Read, operation.Result, null);
            case "write":
                return new RegisterOperation(RegisterOperationKind.Write, null, operation.Argument);
            case "cas" when hasCas && operation.Argument.IsList && operation.Argument.Items.Length == 2:
                bool isRefused = operation.Outcome == HistoryEventType.Ok
                    && operation.Result.Kind == HistoryValueKind.Boolean && !operation.Result.Boolean;
                return new RegisterOperation(
                    isRefused ? RegisterOperationKind.RefusedCas : RegisterOperationKind.Cas,
                    operation.Argument.Items[0],
                    isRefused ? null : operation.Argument.Items[1]);
            default:
                throw new ModelOperation(operation).UnknownTo(Name);
        }
    }

    private static bool IsObserver(Operation operation, RegisterOperation parsed) =>
        operation.Outcome == HistoryEventType.Ok || parsed.Kind == RegisterOperationKind.Cas;

    /// <summary>Counts down what an operation observes when it is not needed.</summary>
    private static bool IsNeeded(
        RegisterOperation parsed, Dictionary<HistoryValue, int> observers, bool isAnyRefused)
    {
        if (parsed.Kind == RegisterOperationKind.Read)
        {
            return false;
        }

        if (isAnyRefused || observers.GetValueOrDefault(parsed.Produced!.Value) > 0)
        {
            return true;
        }

        if (parsed.Observed is HistoryValue observed)
        {
            observers[observed]--;
        }

        return false;
    }

    private static IEnumerable<List<int>> ValueGroups(RegisterOperation[] operations)
    {
        Dictionary<HistoryValue, List<int>> groups = [];
        for (int i = 0; i < operations.Length; i++)
        {
            (_, HistoryValue? observed, HistoryValue? produced) = operations[i];
            HistoryValue value = observed ?? produced!.Value;
            if (!groups.TryGetValue(value, out List<int>? group))
            {
                groups.Add(value, group = []);
            }

            group.Add(i);
            if (operations[i].Kind == RegisterOperationKind.Cas && produced is HistoryValue tied)
            {
                Join(groups, group, tied);
            }
        }

        return groups.Values.Distinct();
    }

    private static void Join(Dictionary<HistoryValue, List<int>> groups, List<int> group, HistoryValue tied)
    {
        if (!groups.TryGetValue(tied, out List<int>? other))
        {
            groups.Add(tied, group);
        }
        else if (!ReferenceEquals(other, group))
        {
            group.AddRange(other);
            foreach (HistoryValue key in groups.Keys.Where(k => ReferenceEquals(groups[k], other)).ToArray())
            {
                groups[key] = group;
            }
        }
    }
}
