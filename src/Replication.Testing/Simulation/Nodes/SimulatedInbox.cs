using Replication.Groups;

namespace Replication.Testing.Simulation.Nodes;

/// <summary>An inbox that an event empties: wakes its owner when something is posted, and can hold posts
/// back.</summary>
/// <param name="wake">Called when something is there.</param>
internal sealed class SimulatedInbox(Action wake) : IInbox
{
    private InboxItem? _first;
    private InboxItem? _last;
    private Queue<InboxItem>? _held;

    public bool IsEmpty => _first is null;

    /// <summary>Gets or sets who sees items before they are posted.</summary>
    public Action<InboxItem>? Posting { get; init; }

    /// <summary>Posts that come from now on until <see cref="EndHold"/> go into a list of their own.</summary>
    /// <param name="held">The list.</param>
    public void BeginHold(Queue<InboxItem> held) => _held = held;

    public void EndHold() => _held = null;

    public void Post(InboxItem item)
    {
        item.Next = null;
        if (_held is not null)
        {
            _held.Enqueue(item);
            return;
        }

        Posting?.Invoke(item);
        if (_last is null)
        {
            _first = item;
        }
        else
        {
            _last.Next = item;
        }

        _last = item;
        wake();
    }

    public InboxItem? TakeAll()
    {
        InboxItem? first = _first;
        _first = null;
        _last = null;
        return first;
    }
}
