namespace Replication.Testing.Checkers.Linearizability;

/// <summary>An order of some operations that is legal so far, with the state that it reaches.</summary>
internal sealed class PartialLinearization
{
    private readonly Machine _machine;
    private readonly ValueUses? _values;
    private readonly bool[] _isLinearized;
    private readonly int[] _order;

    public PartialLinearization(ObjectHistory history, Machine machine)
    {
        int count = history.Operations.Count;
        History = history;
        _machine = machine;
        _values = machine.Values;
        _isLinearized = new bool[count];
        _order = new int[count];
        Required = new PendingList(count, history.IsRequired);
        Optional = new PendingList(count, i => !history.IsRequired(i));
        Seen = new ConfigurationSet(history.SlotCount);
        State = machine.Initial;
    }

    public ObjectHistory History { get; }

    /// <summary>Gets the required operations that are not in the order.</summary>
    public PendingList Required { get; }

    /// <summary>Gets the optional operations that are not in the order.</summary>
    public PendingList Optional { get; }

    /// <summary>Gets the configurations that were met.</summary>
    public ConfigurationSet Seen { get; }

    public int State { get; private set; }

    /// <summary>Gets how many returns are behind: each of those operations is in the order.</summary>
    public int Returned { get; private set; }

    public bool IsComplete => Returned == History.Returns.Length;

    public ReadOnlySpan<int> Order => _order.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>Appends an operation; false if somebody still had to see the value it overwrites.</summary>
    public bool Append(int operation, int next)
    {
        int before = State;
        Append(operation);
        State = next;
        return _values is null || before == next || !_values.IsLostWhenOverwritten(before);
    }

    /// <summary>Goes back to an earlier point.</summary>
    public void BackTo(int count, int returned, int state)
    {
        while (Returned > returned)
        {
            Seen.Toggle(History.Slot[History.Returns[--Returned]]);
        }

        while (Count > count)
        {
            int operation = _order[--Count];
            _isLinearized[operation] = false;
            Seen.Toggle(History.Slot[operation]);
            (History.IsRequired(operation) ? Required : Optional).PutBack(operation);
            _values?.Undone(operation);
        }

        State = state;
    }

    /// <summary>
    /// Appends all that can come next without loss: if any continuation completes the order, then one that begins with
    /// these does.
    /// </summary>
    /// <remarks>
    /// That holds for a required operation that was called, is legal now and leaves any state as it is: it may come
    /// first wherever it came in the continuation, since all that returned before its call is in the order already. A
    /// write of the value that is in place is none of these: later it may be needed to bring the value back. It holds
    /// too for a blind write of a value that nobody sees, over a value that nobody sees any more.
    /// </remarks>
    public void Settle()
    {
        int scanned = 0;
        while (true)
        {
            PassReturns();
            if (IsComplete)
            {
                return;
            }

            bool isUnobserved = ForgetUnobserved();
            scanned = isUnobserved ? 0 : scanned;
            int called = History.CallsBefore[Returned];
            int before = Count;
            for (int operation = Required.First; operation < called; operation = Required.After(operation))
            {
                if (operation >= scanned && (IsLegalRead(operation) || IsIdle(operation)))
                {
                    Append(operation);
                }
            }

            scanned = called;
            if (Count == before && !isUnobserved)
            {
                return;
            }
        }
    }

    private void Append(int operation)
    {
        _order[Count++] = operation;
        _isLinearized[operation] = true;
        Seen.Toggle(History.Slot[operation]);
        (History.IsRequired(operation) ? Required : Optional).TakeOut(operation);
        _values?.Linearized(operation);
    }

    private void PassReturns()
    {
        int[] returns = History.Returns;
        while (Returned < returns.Length && _isLinearized[returns[Returned]])
        {
            Seen.Toggle(History.Slot[returns[Returned++]]);
        }
    }

    private bool ForgetUnobserved()
    {
        if (_values is null || State == _values.Unobserved || !_values.IsUnobserved(State))
        {
            return false;
        }

        State = _values.Unobserved;
        return true;
    }

    private bool IsLegalRead(int operation) =>
        _machine.IsReadOnly(operation) && _machine.Step(State, operation) == State;

    private bool IsIdle(int operation) =>
        _values is not null && State == _values.Unobserved && _values.ObservedBy(operation) == ValueUses.None
        && _values.ProducedBy(operation) is not ValueUses.None and int produced && _values.IsUnobserved(produced);
}
