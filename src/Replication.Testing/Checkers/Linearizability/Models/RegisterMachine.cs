using System.Runtime.InteropServices;
using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability.Models;

/// <summary>A register whose states are its values, numbered: no transition needs a look-up.</summary>
internal sealed class RegisterMachine : Machine
{
    private readonly Dictionary<HistoryValue, int> _numbers = [];
    private readonly List<HistoryValue> _valueOf = [];
    private readonly RegisterOperationKind[] _kind;
    private readonly int[] _observed;
    private readonly int[] _produced;
    private readonly int[] _classes;

    public RegisterMachine(
        IReadOnlyList<Operation> operations, RegisterModel model, HistoryValue initial, bool looksAhead)
    {
        int count = operations.Count;
        _kind = new RegisterOperationKind[count];
        _observed = new int[count];
        _produced = new int[count];
        _classes = new int[count];
        bool[] isRequired = new bool[count];
        Dictionary<(RegisterOperationKind, int, int), int> classes = [];
        Initial = NumberOf(initial);
        bool isAnyRefused = false;
        for (int i = 0; i < count; i++)
        {
            (RegisterOperationKind kind, HistoryValue? observed, HistoryValue? produced) = model.Parse(operations[i]);
            _kind[i] = kind;
            _observed[i] = observed is HistoryValue o ? NumberOf(o) : ValueUses.None;
            _produced[i] = produced is HistoryValue p ? NumberOf(p) : ValueUses.None;
            isRequired[i] = operations[i].Outcome == HistoryEventType.Ok;
            isAnyRefused |= kind == RegisterOperationKind.RefusedCas;

            // Only optional operations are asked for their class.
            if (!isRequired[i] && !classes.TryGetValue((kind, _observed[i], _produced[i]), out _classes[i]))
            {
                _classes[i] = classes.Count;
                classes.Add((kind, _observed[i], _produced[i]), classes.Count);
            }
        }

        if (looksAhead && !isAnyRefused)
        {
            Values = new ValueUses(_observed, _produced, isRequired, _valueOf.Count);
        }
    }

    public override int Initial { get; }

    public override ValueUses? Values { get; }

    public override int ClassOf(int operation) => _classes[operation];

    public override bool IsReadOnly(int operation) =>
        _kind[operation] is RegisterOperationKind.Read or RegisterOperationKind.RefusedCas;

    public override string Describe(int state) =>
        state < _valueOf.Count ? _valueOf[state].ToString() : "a value that nobody reads any more";

    public override int Step(int state, int operation) => _kind[operation] switch
    {
        RegisterOperationKind.Read => state == _observed[operation] ? state : Illegal,
        RegisterOperationKind.Write => _produced[operation],
        RegisterOperationKind.Cas => state == _observed[operation] ? _produced[operation] : Illegal,
        _ => state != _observed[operation] ? state : Illegal,
    };

    private int NumberOf(HistoryValue value)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, value, out bool exists);
        if (!exists)
        {
            number = _valueOf.Count;
            _valueOf.Add(value);
        }

        return number;
    }
}
