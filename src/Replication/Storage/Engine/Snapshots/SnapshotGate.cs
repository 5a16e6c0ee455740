namespace Replication.Storage.Engine.Snapshots;

/// <summary>Counts the snapshots that may still need something old. Once it is shut with nobody inside, that
/// something may go.</summary>
/// <remarks>Entered and left from any thread without locks; shut by the owner after a newer gate stands in its
/// place.</remarks>
internal sealed class SnapshotGate
{
    private const int Shut = int.MinValue;

    private int _inside;

    /// <summary>Enters.</summary>
    /// <returns>False if it is shut: a newer gate is in place by now.</returns>
    public bool TryEnter()
    {
        int seen = Volatile.Read(ref _inside);
        while (seen != Shut)
        {
            int before = Interlocked.CompareExchange(ref _inside, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Leaves, once for each time it was entered.</summary>
    public void Leave() => Interlocked.Decrement(ref _inside);

    /// <summary>Tells the first caller from all others, whichever threads they are on.</summary>
    /// <param name="mark">0 before the first call.</param>
    public static bool IsFirst(ref int mark) => Interlocked.Exchange(ref mark, 1) == 0;

    /// <summary>Shuts the gate if nobody is inside.</summary>
    /// <returns>Whether it is shut.</returns>
    public bool TryShut() =>
        Interlocked.CompareExchange(ref _inside, Shut, 0) is 0 or Shut;
}
