using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Linearizability;

/// <summary>Numbers the states and operations of any model and asks it for each transition once.</summary>
/// <remarks>The idea of a transition table is Knossos' memo; here it is filled as the search goes.</remarks>
internal sealed class InterningMachine<TState> : Machine
    where TState : notnull
{
    private readonly Model<TState> _model;
    private readonly Func<TState, bool>? _isPossible;
    private readonly Func<TState, TState>? _simplify;
    private readonly List<TState> _states = [];
    private readonly Dictionary<TState, int> _numbers = [];
    private readonly List<ModelOperation> _classes = [];
    private readonly List<bool> _isReadOnly = [];
    private readonly int[] _classOf;
    private readonly Dictionary<long, int> _transitions = [];

    public InterningMachine(
        Model<TState> model, ModelOperation[] operations, HistoryValue? initial, bool looksAhead)
    {
        _model = model;
        _classOf = new int[operations.Length];
        Dictionary<ModelOperation, int> classes = [];
        for (int i = 0; i < operations.Length; i++)
        {
            if (!classes.TryGetValue(operations[i], out _classOf[i]))
            {
                _classOf[i] = _classes.Count;
                classes.Add(operations[i], _classes.Count);
                _classes.Add(operations[i]);
                _isReadOnly.Add(model.IsReadOnly(operations[i]));
            }
        }

        _isPossible = looksAhead ? model.LookAhead(operations) : null;
        _simplify = looksAhead ? model.Simplify(operations) : null;
        Initial = NumberOf(model.Initial(initial));
    }

    public override int Initial { get; }

    public override int ClassOf(int operation) => _classOf[operation];

    public override bool IsReadOnly(int operation) => _isReadOnly[_classOf[operation]];

    public override string Describe(int state) => _model.Describe(_states[state]);

    public override int Step(int state, int operation)
    {
        int operationClass = _classOf[operation];
        long key = ((long)state << 32) | (uint)operationClass;
        if (!_transitions.TryGetValue(key, out int next))
        {
            next = _model.TryApply(_states[state], _classes[operationClass], out TState after)
                ? NumberOf(after)
                : Illegal;
            _transitions.Add(key, next);
        }

        return next;
    }

    private int NumberOf(TState state)
    {
        state = _simplify is null ? state : _simplify(state);
        if (_numbers.TryGetValue(state, out int number))
        {
            return number;
        }

        number = _isPossible is null || _isPossible(state) ? _states.Count : Illegal;
        _numbers.Add(state, number);
        if (number != Illegal)
        {
            _states.Add(state);
        }

        return number;
    }
}
