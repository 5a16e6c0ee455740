namespace Replication.Groups;

/// <summary>Which forwarded proposals of one peer were seen: the network may deliver one twice, but it is executed
/// once.</summary>
/// <remarks>
/// A bit per request in a window below the highest one seen. What is older than the window is not accepted: its
/// sender ends it as
/// Indeterminate. A request of an earlier process of the peer finds another boot number and is not accepted either,
/// once the
/// later process was heard.
/// </remarks>
internal sealed class ForwardWindow
{
    private const int WindowBits = 1 << 16;
    private readonly ulong[] _seen = new ulong[WindowBits / 64];
    private readonly HashSet<long> _earlierBoots = [];
    private long _boot = -1;
    private long _highest;

    /// <summary>Notes a request.</summary>
    /// <param name="requestId">Its number: the boot number in the upper half, a counter in the lower.</param>
    /// <returns>Whether it is new and may be executed.</returns>
    public bool TryAccept(long requestId)
    {
        long boot = requestId >> 32;
        long counter = requestId & 0xFFFF_FFFF;
        if (boot != _boot && !TryBegin(boot, counter))
        {
            return false;
        }

        if (counter <= _highest - WindowBits)
        {
            return false;
        }

        if (counter > _highest)
        {
            Advance(counter);
        }

        ref ulong word = ref _seen[(counter & (WindowBits - 1)) >> 6];
        ulong bit = 1UL << (int)(counter & 63);
        if ((word & bit) != 0)
        {
            return false;
        }

        word |= bit;
        return true;
    }

    private bool TryBegin(long boot, long counter)
    {
        if (!_earlierBoots.Add(boot))
        {
            return false;
        }

        _boot = boot;
        _highest = counter;
        Array.Clear(_seen);
        return true;
    }

    private void Advance(long counter)
    {
        if (counter - _highest >= WindowBits)
        {
            Array.Clear(_seen);
        }
        else
        {
            for (long i = _highest + 1; i <= counter; i++)
            {
                _seen[(i & (WindowBits - 1)) >> 6] &= ~(1UL << (int)(i & 63));
            }
        }

        _highest = counter;
    }
}
