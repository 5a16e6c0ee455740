namespace Replication.Storage.Engine.Tree;

/// <summary>A node of the tree. Written in place only by the batch that made it; frozen from then on.</summary>
internal abstract class TreeNode
{
    /// <summary>The most keys of a leaf and the most children of a branch.</summary>
    public const int Capacity = 32;

    private protected TreeNode(long batch, byte[][] keys, long keysBatch, int count)
    {
        Batch = batch;
        Keys = keys;
        KeysBatch = keysBatch;
        Count = count;
    }

    /// <summary>Gets the batch that may write this node in place.</summary>
    public long Batch { get; }

    /// <summary>Gets how many keys or children there are.</summary>
    public int Count { get; private protected set; }

    public bool IsFull => Count == Capacity;

    /// <summary>Gets the keys of a leaf, or the lower bounds of a branch's children (that of the first is not
    /// used).</summary>
    /// <remarks>An update of a value changes no key, so copies share this array until a key comes or goes.</remarks>
    public byte[][] Keys { get; private set; }

    private long KeysBatch { get; set; }

    /// <summary>Gets a node that a batch may write in place: this one, or a copy.</summary>
    public TreeNode Own(long batch) => Batch == batch ? this : Copy(batch);

    /// <summary>Moves the upper half to a new node on the right.</summary>
    /// <param name="at">How many stay.</param>
    public abstract TreeNode Split(int at);

    /// <summary>Takes in everything of the node to the right.</summary>
    /// <param name="right">It.</param>
    /// <param name="bound">The lower bound of its first child, where it is a branch.</param>
    public abstract void Append(TreeNode right, byte[] bound);

    private protected abstract TreeNode Copy(long batch);

    private protected long SharedKeysBatch => KeysBatch;

    private protected void InsertKey(int index, byte[] key)
    {
        byte[][] target = OwnKeys(out byte[][] source);
        Array.Copy(source, index, target, index + 1, Count - index);
        target[index] = key;
        Keys = target;
    }

    private protected void RemoveKey(int index)
    {
        byte[][] target = OwnKeys(out byte[][] source);
        Array.Copy(source, index + 1, target, index, Count - index - 1);
        target[Count - 1] = null!;
        Keys = target;
    }

    private protected void CutKeys(int at)
    {
        byte[][] target = OwnKeys(out _);
        Array.Clear(target, at, Count - at);
        Keys = target;
    }

    private protected void AppendKeys(TreeNode right, byte[]? bound)
    {
        byte[][] target = OwnKeys(out _);
        Array.Copy(right.Keys, 0, target, Count, right.Count);
        if (bound is not null)
        {
            target[Count] = bound;
        }

        Keys = target;
    }

    private byte[][] OwnKeys(out byte[][] source)
    {
        source = Keys;
        if (KeysBatch == Batch)
        {
            return source;
        }

        byte[][] copy = new byte[Capacity][];
        Array.Copy(source, copy, Count);
        KeysBatch = Batch;
        return copy;
    }
}
