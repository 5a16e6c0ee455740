using System.Runtime.InteropServices;
using Replication.Testing.Histories;

namespace Replication.Testing.Checkers.Transactions;

/// <summary>Turns a history into a <see cref="TransactionSet"/>.</summary>
internal sealed class TransactionReader
{
    private readonly string _write;
    private readonly HistoryValue _initial;
    private readonly bool _readsLists;
    private readonly Dictionary<HistoryValue, int> _keys = [];
    private readonly List<HistoryValue> _keyValues = [];
    private readonly List<KeyElements> _elementsOfKey = [];
    private readonly List<int> _elementKey = [];
    private readonly List<HistoryValue> _elementValue = [];
    private readonly List<Step> _steps = [];
    private readonly List<int> _lists = [];

    private TransactionReader(string write, bool readsLists, HistoryValue initial)
    {
        _write = write;
        _readsLists = readsLists;
        _initial = initial;
    }

    /// <summary>Reads transactions of "append" and "r", where a read gives a list.</summary>
    /// <exception cref="FormatException">An operation is no such transaction.</exception>
    public static TransactionSet ReadListAppend(History history) =>
        new TransactionReader("append", true, default).Read(history);

    /// <summary>Reads transactions of "w" and "r".</summary>
    /// <param name="history">The history.</param>
    /// <param name="initial">What a read gives of a key that was never written.</param>
    /// <exception cref="FormatException">An operation is no such transaction.</exception>
    public static TransactionSet ReadRegisters(History history, HistoryValue initial) =>
        new TransactionReader("w", false, initial).Read(history);

    private TransactionSet Read(History history)
    {
        IReadOnlyList<Operation> operations = history.Operations;
        int count = operations.Count;
        long[] index = new long[count];
        HistoryEventType[] outcome = new HistoryEventType[count];
        int[] firstStep = new int[count + 1];
        for (int i = 0; i < count; i++)
        {
            Operation operation = operations[i];
            outcome[i] = operation.Outcome;
            index[i] = operation.Completion?.Index ?? operation.InvocationIndex;
            HistoryValue steps = operation.Result.IsList ? operation.Result : operation.Argument;
            if (!steps.IsList)
            {
                throw new FormatException($"{operation} is no transaction: its value is no list of steps.");
            }

            foreach (HistoryValue step in steps.Items)
            {
                AddStep(operation, step);
            }

            firstStep[i + 1] = _steps.Count;
        }

        return new TransactionSet
        {
            Operations = operations,
            Index = index,
            Outcome = outcome,
            FirstStep = firstStep,
            Steps = [.. _steps],
            HoldsLists = _readsLists,
            Lists = [.. _lists],
            Keys = [.. _keyValues],
            ElementKey = [.. _elementKey],
            ElementValue = [.. _elementValue],
        };
    }

    private void AddStep(Operation operation, HistoryValue step)
    {
        if (!step.IsList || step.Items is not [{ IsText: true } f, HistoryValue keyValue, HistoryValue value])
        {
            throw new FormatException($"{operation} has the step {step}, which is not [f, key, value].");
        }

        int key = KeyOf(keyValue);
        if (f.Text == _write)
        {
            _steps.Add(new Step(true, key, ElementOf(key, value), 1));
        }
        else if (f.Text != "r")
        {
            throw new FormatException($"{operation} has the step {step}; known are \"r\" and \"{_write}\".");
        }
        else if (_readsLists)
        {
            AddListRead(operation, key, value);
        }
        else
        {
            AddRegisterRead(operation, key, value);
        }
    }

    private void AddListRead(Operation operation, int key, HistoryValue value)
    {
        if (value.IsNull)
        {
            int length = operation.Outcome == HistoryEventType.Ok ? 0 : Step.Unknown;
            _steps.Add(new Step(false, key, _lists.Count, length));
            return;
        }

        if (!value.IsList)
        {
            throw new FormatException($"{operation} reads {value} of key {_keyValues[key]}, which is no list.");
        }

        ReadOnlySpan<HistoryValue> items = value.Items;
        _steps.Add(new Step(false, key, _lists.Count, items.Length));
        KeyElements elements = _elementsOfKey[key];
        for (int i = 0; i < items.Length; i++)
        {
            // Most reads are prefixes of what was read before: then no look-up is needed.
            ReadOnlySpan<int> path = CollectionsMarshal.AsSpan(elements.Path);
            int element;
            if (i < path.Length && _elementValue[path[i]] == items[i])
            {
                element = path[i];
            }
            else
            {
                element = ElementOf(key, items[i]);
                if (i == path.Length)
                {
                    elements.Path.Add(element);
                }
            }

            _lists.Add(element);
        }
    }

    private void AddRegisterRead(Operation operation, int key, HistoryValue value)
    {
        bool isUnknown = operation.Outcome != HistoryEventType.Ok && value.IsNull;
        bool isNothing = value.IsNull || value == _initial;
        _steps.Add(isUnknown ? new Step(false, key, Step.Nothing, Step.Unknown)
            : isNothing ? new Step(false, key, Step.Nothing, 0)
            : new Step(false, key, ElementOf(key, value), 1));
    }

    private int KeyOf(HistoryValue value)
    {
        ref int key = ref CollectionsMarshal.GetValueRefOrAddDefault(_keys, value, out bool exists);
        if (!exists)
        {
            key = _keyValues.Count;
            _keyValues.Add(value);
            _elementsOfKey.Add(new KeyElements());
        }

        return key;
    }

    private int ElementOf(int key, HistoryValue value)
    {
        ref int element = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _elementsOfKey[key].Ids, value, out bool exists);
        if (!exists)
        {
            element = _elementKey.Count;
            _elementKey.Add(key);
            _elementValue.Add(value);
        }

        return element;
    }

    private sealed class KeyElements
    {
        public Dictionary<HistoryValue, int> Ids { get; } = [];

        public List<int> Path { get; } = [];
    }
}
