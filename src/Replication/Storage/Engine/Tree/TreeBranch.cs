namespace Replication.Storage.Engine.Tree;

/// <summary>Children in order; a child holds the keys from its lower bound up to that of the next.</summary>
internal sealed class TreeBranch : TreeNode
{
    private readonly TreeNode[] _children;

    /// <summary>Creates a branch above one child.</summary>
    public TreeBranch(long batch, TreeNode child)
        : base(batch, new byte[Capacity][], batch, 1)
    {
        _children = new TreeNode[Capacity];
        _children[0] = child;
    }

    private TreeBranch(long batch, byte[][] keys, long keysBatch, int count, TreeNode[] children)
        : base(batch, keys, keysBatch, count)
    {
        _children = children;
    }

    /// <summary>Gets or sets a child; set by the owning batch only.</summary>
    public TreeNode this[int index]
    {
        get => _children[index];
        set => _children[index] = value;
    }

    /// <summary>Finds the child that would hold a key.</summary>
    public int IndexOf(ReadOnlySpan<byte> key)
    {
        byte[][] keys = Keys;
        int low = 1;
        int high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (key.SequenceCompareTo(keys[middle]) >= 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high;
    }

    /// <summary>Inserts a child.</summary>
    public void Insert(int index, byte[] bound, TreeNode child)
    {
        InsertKey(index, bound);
        Array.Copy(_children, index, _children, index + 1, Count - index);
        _children[index] = child;
        Count++;
    }

    /// <summary>Removes a child.</summary>
    public void RemoveAt(int index)
    {
        RemoveKey(index);
        Array.Copy(_children, index + 1, _children, index, Count - index - 1);
        _children[Count - 1] = null!;
        Count--;
    }

    /// <inheritdoc/>
    public override TreeNode Split(int at)
    {
        int moved = Count - at;
        TreeNode[] children = new TreeNode[Capacity];
        byte[][] keys = new byte[Capacity][];
        Array.Copy(Keys, at, keys, 0, moved);
        Array.Copy(_children, at, children, 0, moved);
        TreeBranch right = new(Batch, keys, Batch, moved, children);
        CutKeys(at);
        Array.Clear(_children, at, moved);
        Count = at;
        return right;
    }

    /// <inheritdoc/>
    public override void Append(TreeNode right, byte[] bound)
    {
        TreeBranch branch = (TreeBranch)right;
        AppendKeys(branch, bound);
        Array.Copy(branch._children, 0, _children, Count, branch.Count);
        Count += branch.Count;
    }

    private protected override TreeNode Copy(long batch)
    {
        TreeNode[] children = new TreeNode[Capacity];
        Array.Copy(_children, children, Count);
        return new TreeBranch(batch, Keys, SharedKeysBatch, Count, children);
    }
}
