using System.Runtime.InteropServices;

namespace Replication.Testing.Checkers.Linearizability;

/// <summary>Looks for a linearization of the operations of one object, depth first.</summary>
/// <remarks>
/// The algorithm of Wing and Gong (1993) with Lowe's memory of configurations (2017), run along the returns: all that
/// distinguishes two configurations with equally many returns behind are the state and the operations that are
/// linearized but have not returned, so memory and time grow with the length of the history only in
/// proportion, unless operations of unknown outcome pile up.
/// </remarks>
internal sealed class Search
{
    private readonly ObjectHistory _history;
    private readonly Machine _machine;
    private readonly ValueUses? _values;
    private readonly SearchBudget _budget;
    private readonly PartialLinearization _path;
    private readonly List<Frame> _frames = [];
    private readonly List<Candidate> _candidates = [];
    private readonly HashSet<int> _classesTried = [];

    public Search(ObjectHistory history, Machine machine, SearchBudget budget)
    {
        _history = history;
        _machine = machine;
        _values = machine.Values;
        _budget = budget;
        _path = new PartialLinearization(history, machine);
    }

    /// <summary>Gets how many returns the search has passed at most.</summary>
    public int Furthest { get; private set; }

    /// <summary>Gets or sets who is told of each configuration from which the search could not pass the next
    /// return.</summary>
    public Action<PartialLinearization>? OnConfiguration { get; set; }

    public SearchOutcome Run()
    {
        if (_machine.Initial == Machine.Illegal)
        {
            return SearchOutcome.NotLinearizable;
        }

        _path.Settle();
        while (!_path.IsComplete)
        {
            if (_budget.IsExhausted(_path.Seen.Bytes + ((long)_frames.Capacity * Frame.Bytes)))
            {
                return SearchOutcome.OutOfBudget;
            }

            Furthest = Math.Max(Furthest, _path.Returned);
            if (_path.Seen.Add(_path.Returned, _path.State))
            {
                OnConfiguration?.Invoke(_path);
                PushFrame();
            }

            if (!StepForward())
            {
                return SearchOutcome.NotLinearizable;
            }
        }

        return SearchOutcome.Linearizable;
    }

    private void PushFrame()
    {
        int start = _candidates.Count;
        if (!IsHopeless())
        {
            AddRequired();
            AddOptional();
            CollectionsMarshal.AsSpan(_candidates)[start..].Sort((a, b) => a.Deadline.CompareTo(b.Deadline));
        }

        _frames.Add(new Frame(_path.Count, _path.Returned, _path.State, start, start));
    }

    /// <summary>Takes the next candidate of the innermost frame that has one.</summary>
    private bool StepForward()
    {
        while (_frames.Count > 0)
        {
            ref Frame frame = ref CollectionsMarshal.AsSpan(_frames)[^1];
            _path.BackTo(frame.Count, frame.Returned, frame.State);
            if (frame.Next == _candidates.Count)
            {
                _candidates.RemoveRange(frame.First, _candidates.Count - frame.First);
                _frames.RemoveAt(_frames.Count - 1);
                continue;
            }

            Candidate candidate = _candidates[frame.Next++];
            if (_path.Append(candidate.Operation, candidate.State))
            {
                _path.Settle();
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the operation that returns next needs a value that nobody who was called makes.</summary>
    private bool IsHopeless()
    {
        if (_values is null)
        {
            return false;
        }

        int called = _history.CallsBefore[_path.Returned];
        int needed = _values.ObservedBy(_history.Returns[_path.Returned]);
        return needed != ValueUses.None && needed != _path.State && !IsMade(_path.Required, needed, called)
            && !IsMade(_path.Optional, needed, called);
    }

    private bool IsMade(PendingList pending, int value, int called)
    {
        for (int operation = pending.First; operation < called; operation = pending.After(operation))
        {
            if (_values!.ProducedBy(operation) == value)
            {
                return true;
            }
        }

        return false;
    }

    private void AddRequired()
    {
        int called = _history.CallsBefore[_path.Returned];
        for (int operation = _path.Required.First; operation < called; operation = _path.Required.After(operation))
        {
            int next = _machine.Step(_path.State, operation);
            if (next != Machine.Illegal)
            {
                int deadline = Math.Min(_history.ReturnRank[operation], FirstMadeLegal(next));
                _candidates.Add(new Candidate(operation, next, deadline));
            }
        }
    }

    /// <summary>The first return among the required operations that a change of state makes legal.</summary>
    private int FirstMadeLegal(int next)
    {
        int called = _history.CallsBefore[_path.Returned];
        int first = int.MaxValue;
        for (int operation = _path.Required.First; operation < called; operation = _path.Required.After(operation))
        {
            if (_history.ReturnRank[operation] < first && _machine.Step(next, operation) != Machine.Illegal
                && _machine.Step(_path.State, operation) == Machine.Illegal)
            {
                first = _history.ReturnRank[operation];
            }
        }

        return first;
    }

    /// <summary>
    /// Adds the optional operations that something needs at once: one without which the next operation would do the
    /// same can as well not have happened. Of interchangeable ones the first will do.
    /// </summary>
    private void AddOptional()
    {
        _classesTried.Clear();
        int called = _history.CallsBefore[_path.Returned];
        for (int operation = _path.Optional.First; operation < called; operation = _path.Optional.After(operation))
        {
            int next = _machine.Step(_path.State, operation);
            if (next != Machine.Illegal && next != _path.State && _classesTried.Add(_machine.ClassOf(operation))
                && (Matters(_path.Required, next, called, operation)
                    || Matters(_path.Optional, next, called, operation)))
            {
                // Behind every required one, but first those that let a return pass soon.
                int rank = FirstMadeLegal(next);
                _candidates.Add(new Candidate(operation, next, (1L << 32) + rank));
            }
        }
    }

    private bool Matters(PendingList pending, int next, int called, int candidate)
    {
        for (int operation = pending.First; operation < called; operation = pending.After(operation))
        {
            int after = _machine.Step(next, operation);
            if (after != Machine.Illegal && operation != candidate && _machine.Step(_path.State, operation) != after)
            {
                return true;
            }
        }

        return false;
    }

    private readonly record struct Candidate(int Operation, int State, long Deadline);

    private record struct Frame(int Count, int Returned, int State, int First, int Next)
    {
        public const int Bytes = 20;
    }
}
