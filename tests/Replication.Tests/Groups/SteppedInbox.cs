using Replication.Groups;

namespace Replication.Tests.Groups;

/// <summary>An inbox that a test empties by hand.</summary>
internal sealed class SteppedInbox : IInbox
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
        _first = null;
        _last = null;
        return first;
    }
}
