using Replication.Groups;

namespace Replication.Benchmarks;

/// <summary>An inbox that is emptied by hand.</summary>
internal sealed class StepInbox : IInbox
{
    private InboxItem? _first;
    private InboxItem? _last;

    public bool IsEmpty => _first is null;

    public void Post(InboxItem item)
    {
        item.Next = null;
        if (_last is null)
        {
            _first = item;
        }
        else
        {
            _last.Next = item;
        }

        _last = item;
    }

    public InboxItem? TakeAll()
    {
        InboxItem? first = _first;
        (_first, _last) = (null, null);
        return first;
    }
}
