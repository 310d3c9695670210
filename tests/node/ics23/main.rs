// Reads proofs, a line each: state root, key, value or "-" for absence, CommitmentProof, in
// hexadecimal.  Checks them with the crate ics23, then that none of many changed ones passes.
use ics23::commitment_proof::Proof;
use ics23::{
    verify_membership, verify_non_membership, CommitmentProof, ExistenceProof, HashOp,
    HostFunctionsManager, InnerSpec, LeafOp, LengthOp, NonExistenceProof, ProofSpec,
};
use prost::Message;
use std::io::BufRead;

fn spec() -> ProofSpec {
    ProofSpec {
        leaf_spec: Some(LeafOp {
            hash: HashOp::Sha256.into(),
            prehash_key: HashOp::Sha256.into(),
            prehash_value: HashOp::Sha256.into(),
            length: LengthOp::NoPrefix.into(),
            prefix: b"JMT::LeafNode".to_vec(),
        }),
        inner_spec: Some(InnerSpec {
            child_order: vec![0, 1],
            child_size: 32,
            min_prefix_length: 16,
            max_prefix_length: 16,
            empty_child: b"SPARSE_MERKLE_PLACEHOLDER_HASH__".to_vec(),
            hash: HashOp::Sha256.into(),
        }),
        max_depth: 256,
        min_depth: 0,
        prehash_key_before_comparison: true,
    }
}

struct Line {
    root: Vec<u8>,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
    bytes: Vec<u8>,
    proof: CommitmentProof,
}

impl Line {
    fn read(text: &str) -> Line {
        let fields: Vec<&str> = text.split(' ').collect();
        assert_eq!(fields.len(), 4, "four fields in a line");
        let hex = |s: &str| hex::decode(s.strip_prefix("0x").expect("0x")).expect("hexadecimal");
        let bytes = hex(fields[3]);
        Line {
            root: hex(fields[0]),
            key: hex(fields[1]),
            value: (fields[2] != "-").then(|| hex(fields[2])),
            proof: CommitmentProof::decode(&bytes[..]).expect("a CommitmentProof"),
            bytes,
        }
    }
    /// Whether a proof holds for what this line claims.
    fn accepts(&self, proof: &CommitmentProof) -> bool {
        let s = spec();
        match &self.value {
            Some(v) => {
                verify_membership::<HostFunctionsManager>(proof, &s, &self.root, &self.key, v)
            }
            None => verify_non_membership::<HostFunctionsManager>(proof, &s, &self.root, &self.key),
        }
    }
    fn non(&self) -> Option<&NonExistenceProof> {
        match &self.proof.proof {
            Some(Proof::Nonexist(non)) => Some(non),
            _ => None,
        }
    }
    fn exist(&self) -> Option<&ExistenceProof> {
        match &self.proof.proof {
            Some(Proof::Exist(exist)) => Some(exist),
            _ => None,
        }
    }
}

/// The one field that the crate does not look at: the proof's own copy of the absent key.
fn same_but_for_key(a: &CommitmentProof, b: &CommitmentProof) -> bool {
    match (&a.proof, &b.proof) {
        (Some(Proof::Nonexist(x)), Some(Proof::Nonexist(y))) => x.left == y.left && x.right == y.right,
        _ => a == b,
    }
}

/// Every byte of the proof with one bit changed.
fn change_bytes(line: &Line, tampered: &mut u64) {
    for i in 0..line.bytes.len() {
        let mut bytes = line.bytes.clone();
        bytes[i] ^= 1 << (i % 8);
        *tampered += 1;
        if let Ok(proof) = CommitmentProof::decode(&bytes[..]) {
            assert!(
                same_but_for_key(&proof, &line.proof) || !line.accepts(&proof),
                "byte {i} changed and still accepted"
            );
        }
    }
}

fn change_claim(line: &Line, tampered: &mut u64) {
    let claim = |root: &Vec<u8>, key: &Vec<u8>, value: Option<Vec<u8>>| Line {
        root: root.clone(),
        key: key.clone(),
        value,
        bytes: vec![],
        proof: line.proof.clone(),
    };
    let mut root = line.root.clone();
    root[7] ^= 4;
    let opposite = match line.value {
        Some(_) => None,
        None => Some(vec![1; 40]),
    };
    let mut wrong = vec![claim(&root, &line.key, line.value.clone()), claim(&line.root, &line.key, opposite)];
    if let Some(value) = &line.value {
        let mut other = value.clone();
        other[0] ^= 1;
        wrong.push(claim(&line.root, &line.key, Some(other)));
        let mut key = line.key.clone();
        *key.last_mut().unwrap() ^= 1;
        wrong.push(claim(&line.root, &key, Some(value.clone())));
    }
    if let Some(non) = line.non() {
        for side in non.left.iter().chain(non.right.iter()) {
            wrong.push(claim(&line.root, &side.key, None)); // that a neighbour is absent
        }
    }
    for w in wrong {
        *tampered += 1;
        assert!(!w.accepts(&w.proof), "a wrong claim accepted");
    }
}

/// Neighbours left out, exchanged, or replaced by a record farther away.
fn change_neighbors(line: &Line, others: &[ExistenceProof], tampered: &mut u64) {
    let Some(non) = line.non() else { return };
    let mut wrong = vec![(None, None)];
    if non.left.is_some() && non.right.is_some() {
        wrong.push((non.left.clone(), None));
        wrong.push((None, non.right.clone()));
    }
    wrong.push((non.right.clone(), non.left.clone()));
    for other in others.iter().cloned().map(Some) {
        if other != non.left {
            wrong.push((other.clone(), non.right.clone()));
        }
        if other != non.right {
            wrong.push((non.left.clone(), other.clone()));
        }
    }
    for (left, right) in wrong {
        let key = line.key.clone();
        let proof = CommitmentProof {
            proof: Some(Proof::Nonexist(NonExistenceProof { key, left, right })),
        };
        *tampered += 1;
        assert!(!line.accepts(&proof), "wrong neighbours accepted");
    }
}

fn main() {
    let lines: Vec<Line> = std::io::stdin().lock().lines().map(|l| Line::read(&l.unwrap())).collect();
    let (mut present, mut absent, mut tampered) = (0, 0, 0u64);
    let mut deepest = 0;

    for (i, line) in lines.iter().enumerate() {
        assert_eq!(line.proof.encode_to_vec(), line.bytes, "line {}: canonical bytes", i + 1);
        assert!(line.accepts(&line.proof), "line {}: refused", i + 1);
        match line.value {
            Some(_) => present += 1,
            None => absent += 1,
        }
        let paths = line.exist().into_iter().chain(line.non().into_iter().flat_map(|n| n.left.iter().chain(n.right.iter())));
        deepest = paths.map(|p| p.path.len()).max().unwrap_or(0).max(deepest);
        change_bytes(line, &mut tampered);
        change_claim(line, &mut tampered);
        let others: Vec<ExistenceProof> = lines.iter().filter(|l| l.root == line.root).filter_map(|l| l.exist().cloned()).take(20).collect();
        change_neighbors(line, &others, &mut tampered);
    }
    assert!(present > 0 && absent > 0, "both kinds are there");
    println!("{present} presences and {absent} absences accepted, {tampered} changed ones refused; deepest path {deepest}");
}
