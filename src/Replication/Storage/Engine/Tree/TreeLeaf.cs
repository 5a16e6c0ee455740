namespace Replication.Storage.Engine.Tree;

/// <summary>Keys in order, each with its newest version.</summary>
internal sealed class TreeLeaf : TreeNode
{
    private readonly KeyVersion?[] _heads;

    /// <summary>Creates an empty leaf.</summary>
    public TreeLeaf(long batch)
        : base(batch, new byte[Capacity][], batch, 0)
    {
        _heads = new KeyVersion?[Capacity];
    }

    private TreeLeaf(long batch, byte[][] keys, long keysBatch, int count, KeyVersion?[] heads)
        : base(batch, keys, keysBatch, count)
    {
        _heads = heads;
    }

    /// <summary>Gets the newest version of the key at an index.</summary>
    public KeyVersion this[int index] => _heads[index]!;

    /// <summary>Gets the place of the newest version, to be written by the owning batch.</summary>
    public ref KeyVersion? Slot(int index) => ref _heads[index];

    /// <summary>Finds a key.</summary>
    /// <returns>Its index, or the complement of where it would be.</returns>
    public int IndexOf(ReadOnlySpan<byte> key)
    {
        byte[][] keys = Keys;
        int low = 0;
        int high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = key.SequenceCompareTo(keys[middle]);
            if (order == 0)
            {
                return middle;
            }

            if (order > 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return ~low;
    }

    /// <summary>Makes room for a key; its version is to be set at once.</summary>
    public void Insert(int index, byte[] key)
    {
        InsertKey(index, key);
        Array.Copy(_heads, index, _heads, index + 1, Count - index);
        _heads[index] = null;
        Count++;
    }

    /// <summary>Removes a key.</summary>
    public void RemoveAt(int index)
    {
        RemoveKey(index);
        Array.Copy(_heads, index + 1, _heads, index, Count - index - 1);
        _heads[Count - 1] = null;
        Count--;
    }

    /// <inheritdoc/>
    public override TreeNode Split(int at)
    {
        TreeLeaf right = new(Batch);
        int moved = Count - at;
        Array.Copy(Keys, at, right.Keys, 0, moved);
        Array.Copy(_heads, at, right._heads, 0, moved);
        right.Count = moved;
        CutKeys(at);
        Array.Clear(_heads, at, moved);
        Count = at;
        return right;
    }

    /// <inheritdoc/>
    public override void Append(TreeNode right, byte[] bound)
    {
        TreeLeaf leaf = (TreeLeaf)right;
        AppendKeys(leaf, null);
        Array.Copy(leaf._heads, 0, _heads, Count, leaf.Count);
        Count += leaf.Count;
    }

    private protected override TreeNode Copy(long batch)
    {
        KeyVersion?[] heads = new KeyVersion?[Capacity];
        Array.Copy(_heads, heads, Count);
        return new TreeLeaf(batch, Keys, SharedKeysBatch, Count, heads);
    }
}
